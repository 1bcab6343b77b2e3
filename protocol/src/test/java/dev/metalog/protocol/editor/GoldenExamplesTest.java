package dev.metalog.protocol.editor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.editor.EditorMessages.Capability;
import dev.metalog.protocol.editor.EditorMessages.Options;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.NotificationMessage;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;
import org.eclipse.lsp4j.jsonrpc.services.ServiceEndpoints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keeps three things in step: what the records and interfaces declare, the golden files that every client's tests replay,
 * and the examples on the page for client authors. {@code -Dgolden.update=true} lays the files out anew and writes the
 * examples of the page from them.
 */
final class GoldenExamplesTest {
    private static final Path PAGE = Path.of("../docs/protocol-editor.md");
    private static final String EXAMPLES = "## Examples\n";

    /** The order of the page: a session first, then our own messages as the page's tables list them. */
    private static final List<String> ORDER = List.of(
            "initialize",
            "initialized",
            "didOpen",
            "didChange",
            "didSave",
            "didClose",
            "applyEdit",
            "executeCommand",
            "showMessage",
            "cancelRequest",
            "presence",
            "unlock",
            "identity",
            "status",
            "metrics",
            "federationInit",
            "brokerPassword",
            "announce",
            "peers",
            "peerList",
            "peerShow",
            "peerBlock",
            "peerUnblock",
            "linkTest",
            "share",
            "join",
            "leave",
            "invite",
            "members",
            "memberAnswer",
            "memberRole",
            "memberRemove",
            "memberLeave",
            "digest",
            "mqttPublish",
            "mqttSubscribe",
            "mqttUnsubscribe",
            "sendFile",
            "sendMessage",
            "sign",
            "verify",
            "blackboardGet",
            "blackboardList",
            "blackboardSet",
            "blackboardDelete",
            "blackboardAdd",
            "blackboardRemove",
            "blackboardWatch",
            "blackboardUnwatch",
            "blackboardSync",
            "blackboardInvite",
            "blackboardJoin",
            "locked",
            "connection",
            "documentStatus",
            "peerDiscovered",
            "peerLeft",
            "peerStatus",
            "presenceChanged",
            "memberAsks",
            "messageReceived",
            "fileReceived",
            "peerMessage",
            "blackboardChanged");

    private static final Map<String, JsonRpcMethod> DECLARED = declared();

    private static Map<String, JsonRpcMethod> declared() {
        Map<String, JsonRpcMethod> methods = new HashMap<>();
        methods.putAll(ServiceEndpoints.getSupportedMethods(MetaLogServer.class));
        methods.putAll(ServiceEndpoints.getSupportedMethods(PresenceServer.class));
        methods.putAll(ServiceEndpoints.getSupportedMethods(MetaLogClient.class));
        return methods;
    }

    private static String method(String file) {
        return "meta-log/" + file.substring(0, file.indexOf('.'));
    }

    static Stream<String> ourFiles() throws IOException {
        return GoldenFiles.names().stream().filter(file -> DECLARED.containsKey(method(file)));
    }

    @Test
    void everyDeclaredMessageHasAnExample() throws IOException {
        List<String> wanted = new ArrayList<>();
        for (JsonRpcMethod method : DECLARED.values()) {
            String name = method.getMethodName().substring("meta-log/".length());
            if (method.isNotification()) {
                wanted.add(name + ".notification.json");
            } else {
                wanted.add(name + ".request.json");
                wanted.add(name + ".result.json");
            }
        }
        assertThat(GoldenFiles.names()).containsAll(wanted);
    }

    @ParameterizedTest
    @MethodSource("ourFiles")
    void theDeclaredTypeReadsItAndWritesItBack(String file) throws IOException {
        JsonRpcMethod method = DECLARED.get(method(file));
        MessageJsonHandler json = new MessageJsonHandler(DECLARED, gson -> gson.disableHtmlEscaping());
        json.setMethodProvider(id -> method.getMethodName());
        Message message = json.parseMessage(GoldenFiles.text(file));
        JsonObject golden = GoldenFiles.json(file);
        JsonElement written = JsonParser.parseString(json.serialize(message));

        if (message instanceof RequestMessage request) {
            assertThat(request.getMethod()).isEqualTo(method.getMethodName());
            assertIsDeclared(request.getParams(), method.getParameterTypes());
        } else if (message instanceof NotificationMessage notification) {
            assertThat(notification.getMethod()).isEqualTo(method.getMethodName());
            assertIsDeclared(notification.getParams(), method.getParameterTypes());
        } else if (message instanceof ResponseMessage response && response.getError() == null) {
            assertThat(response.getResult()).isInstanceOf((Class<?>) method.getReturnType());
        }
        if (!golden.has("params")) {
            // LSP4J writes the absence of parameters as null, which says the same.
            written.getAsJsonObject().remove("params");
        }
        assertThat(written).isEqualTo(golden);
    }

    private static void assertIsDeclared(Object params, Type[] types) {
        if (types.length == 0) {
            assertThat(params).isNull();
        } else {
            assertThat(params).isInstanceOf((Class<?>) types[0]);
        }
    }

    @Test
    void resultsAndErrorsAnswerTheRequestOfTheSameName() throws IOException {
        for (String file : GoldenFiles.names()) {
            String name = file.substring(0, file.indexOf('.'));
            Path request = GoldenFiles.FOLDER.resolve(name + ".request.json");
            boolean answer = file.endsWith(".result.json") || file.endsWith(".error.json");
            if (answer && Files.exists(request)) {
                assertThat(GoldenFiles.json(file).get("id"))
                        .as(file)
                        .isEqualTo(GoldenFiles.json(request.getFileName().toString())
                                .get("id"));
            }
        }
    }

    @Test
    void initializeCarriesOurOptionsAndCapability() throws IOException {
        Gson gson = new Gson();
        JsonObject options = GoldenFiles.json("initialize.request.json")
                .getAsJsonObject("params")
                .getAsJsonObject("initializationOptions");
        JsonObject capability = GoldenFiles.json("initialize.result.json")
                .getAsJsonObject("result")
                .getAsJsonObject("capabilities")
                .getAsJsonObject("experimental")
                .getAsJsonObject("metaLog");
        assertThat(gson.toJsonTree(gson.fromJson(options, Options.class))).isEqualTo(options);
        assertThat(gson.toJsonTree(gson.fromJson(capability, Capability.class))).isEqualTo(capability);
    }

    @Test
    void theValuesAreOnesTheSidecarWouldSend() throws IOException {
        JsonObject peer = GoldenFiles.json("peerDiscovered.notification.json").getAsJsonObject("params");
        JsonObject shared = GoldenFiles.json("share.result.json").getAsJsonObject("result");
        Invitation invitation = Invitation.decode(shared.get("invitation").getAsString());

        assertThat(new PeerId(peer.get("peerId").getAsString()).value())
                .endsWith(peer.get("address").getAsString().substring(2));
        assertThat(peer.get("publicKey").getAsString()).matches("0x04[0-9a-f]{128}");
        assertThat(Instant.parse(peer.get("lastSeen").getAsString())).isNotNull();
        assertThat(invitation.document())
                .isEqualTo(new DocumentId(shared.get("documentId").getAsString()));
        assertThat(new DocumentPath(shared.get("path").getAsString()).value()).isEqualTo("plan.canvasl");
        JsonObject invited = GoldenFiles.json("blackboardInvite.result.json").getAsJsonObject("result");
        assertThat(Invitation.decode(invited.get("invitation").getAsString()).isToBlackboard())
                .isTrue();
        assertThat(invitation.isToBlackboard()).isFalse();
        assertThat(GoldenFiles.json("sign.result.json")
                        .getAsJsonObject("result")
                        .get("signature")
                        .getAsString())
                .matches("0x[0-9a-f]{130}");
    }

    @Test
    void theErrorsAreDocumentedOnes() throws IOException {
        List<Integer> codes = new ArrayList<>(List.of(-32800));
        for (EditorError error : EditorError.values()) {
            codes.add(error.code());
        }
        for (String file : GoldenFiles.names()) {
            if (file.endsWith(".error.json")) {
                assertThat(GoldenFiles.json(file)
                                .getAsJsonObject("error")
                                .get("code")
                                .getAsInt())
                        .as(file)
                        .isIn(codes);
            }
        }
    }

    @Test
    void thePageShowsExactlyTheFiles() throws IOException {
        boolean update = Boolean.getBoolean("golden.update");
        List<String> shown = new ArrayList<>();
        StringBuilder examples = new StringBuilder(EXAMPLES);
        for (String name : ORDER) {
            examples.append("\n### ").append(name).append('\n');
            for (String file : GoldenFiles.of(name)) {
                String laidOut = GoldenFiles.layOut(GoldenFiles.json(file));
                if (update) {
                    Files.writeString(GoldenFiles.FOLDER.resolve(file), laidOut);
                }
                assertThat(GoldenFiles.text(file)).as(file).isEqualTo(laidOut);
                shown.add(file);
                examples.append("\n`")
                        .append(file)
                        .append("`\n```json\n")
                        .append(laidOut)
                        .append("```\n");
            }
        }
        assertThat(shown).as("files on the page").containsExactlyInAnyOrderElementsOf(GoldenFiles.names());

        String page = Files.readString(PAGE);
        int at = page.indexOf(EXAMPLES);
        assertThat(at).as("the page's heading 'Examples'").isPositive();
        if (update) {
            Files.writeString(PAGE, page.substring(0, at) + examples);
        }
        assertThat(Files.readString(PAGE).substring(at))
                .as("the page's examples; -Dgolden.update=true writes them")
                .isEqualTo(examples.toString());
    }
}
