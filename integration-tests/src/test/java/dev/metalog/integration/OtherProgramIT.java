package dev.metalog.integration;

import static dev.metalog.integration.Editors.emacs;
import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Another program (git, a linter, a script) changes the file of a live document while neither editor nor sidecar runs. */
final class OtherProgramIT {
    private static final String FILE = "plan.txt";
    private static final String SAVED = "first line\nsecond line\nthird line\n";

    @RegisterExtension
    private final Rig rig = new Rig();

    static Stream<Arguments> editors() {
        return Stream.of(Arguments.of("headless", headless()), Arguments.of("Emacs", emacs("emacs")));
    }

    /** What it changed is one more edit, of the text that was in the file: what was typed and not saved stays. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("editors")
    void whatItChangedMergesWithWhatWasNeverSaved(String name, Editors.Kind kind) throws Exception {
        Pair pair = Pair.start(rig, Mosquitto.open(rig).url(), kind, headless());
        pair.share(FILE, SAVED);
        Driven ada = pair.first();
        Driven ben = pair.second();
        ada.call("save", Map.of());
        ada.insert(SAVED.length(), "typed here and not saved\n");
        ben.waitForContains("typed here and not saved");
        Path file = ada.seat().workspace().resolve(FILE);
        assertThat(Files.readString(file)).as("the file as it was saved").isEqualTo(SAVED);

        ProcessHandle sidecar = Sidecars.firstOf(ada.seat());
        Sidecars.kill(Sidecars.editorOf(ada.seat()));
        Rig.await("the end of the sidecar of an editor that is no more").until(() -> !sidecar.isAlive());
        Files.writeString(file, SAVED.replace("second line", "second line, by another program"));
        ben.insert(0, "typed there meanwhile\n");

        Driven again = rig.keep(kind.start(ada.seat()));
        again.open(file);
        String all = """
                typed there meanwhile
                first line
                second line, by another program
                third line
                typed here and not saved
                """;
        again.waitForText(all);
        ben.waitForText(all);
    }
}
