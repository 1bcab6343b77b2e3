package dev.metalog.server.editor;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.EditorMessages.Capability;
import dev.metalog.protocol.editor.EditorMessages.Options;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.editor.LspMessages.CommandOptions;
import dev.metalog.server.editor.LspMessages.DocumentSync;
import dev.metalog.server.editor.LspMessages.Experimental;
import dev.metalog.server.editor.LspMessages.InitializeParams;
import dev.metalog.server.editor.LspMessages.InitializeResult;
import dev.metalog.server.editor.LspMessages.SaveOptions;
import dev.metalog.server.editor.LspMessages.ServerCapabilities;
import dev.metalog.server.editor.LspMessages.ServerInfo;
import java.util.List;

/** Reads what {@code initialize} says and fills in the answer. */
final class InitializeForm {
    private static final int EDITOR_NAME_CHARS = 64;
    private static final int SYNC_INCREMENTAL = 2;
    private static final Options NO_OPTIONS = new Options(null, null, null, null, null, null);

    private InitializeForm() {}

    static InitializeInfo read(InitializeParams params, Gson gson) {
        if (params == null) {
            throw new EditorRefusal(EditorError.BAD_PARAMS, "initialize needs params.");
        }
        Options options = options(params.initializationOptions(), gson);
        Integer version = options.protocolVersion();
        if (version != null && version < 1) {
            throw new EditorRefusal(
                    EditorError.BAD_PARAMS,
                    "initialize names the protocol version " + version + "; the versions are 1 to "
                            + EditorMessages.PROTOCOL_VERSION + ".");
        }
        return new InitializeInfo(
                workspace(params),
                PositionEncoding.choose(offered(params)),
                name(options.editorName()),
                new BrokerChoice(options.broker(), options.brokerUser(), options.brokerCaFile()),
                version,
                params.processId(),
                options.presence());
    }

    /** A stock client may send anything as options, or nothing; only what looks like ours is read. */
    private static Options options(JsonElement given, Gson gson) {
        if (given == null || !given.isJsonObject()) {
            return NO_OPTIONS;
        }
        try {
            return gson.fromJson(given, Options.class);
        } catch (JsonParseException e) {
            throw new EditorRefusal(
                    EditorError.BAD_PARAMS,
                    "initialize holds initializationOptions that are not understood: protocolVersion is a number,"
                            + " editorName, broker, brokerUser and brokerCaFile are strings, presence is an object.");
        }
    }

    private static String workspace(InitializeParams params) {
        boolean folder = params.workspaceFolders() != null
                && !params.workspaceFolders().isEmpty()
                && params.workspaceFolders().get(0) != null;
        return folder ? params.workspaceFolders().get(0).uri() : params.rootUri();
    }

    private static List<String> offered(InitializeParams params) {
        boolean general = params.capabilities() != null && params.capabilities().general() != null;
        return general ? params.capabilities().general().positionEncodings() : null;
    }

    private static String name(String given) {
        if (given == null || given.isBlank()) {
            return null;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < given.length() && plain.length() < EDITOR_NAME_CHARS; i++) {
            plain.append(Character.isISOControl(given.charAt(i)) ? ' ' : given.charAt(i));
        }
        return plain.toString().strip();
    }

    static InitializeResult answer(PositionEncoding encoding, Capability capability) {
        return new InitializeResult(
                new ServerCapabilities(
                        encoding.lspName(),
                        new DocumentSync(true, SYNC_INCREMENTAL, new SaveOptions(false)),
                        new CommandOptions(Commands.NAMES),
                        new Experimental(capability)),
                new ServerInfo("meta-log", InitializeForm.class.getPackage().getImplementationVersion()));
    }
}
