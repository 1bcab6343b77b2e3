package dev.metalog.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.metalog.server.store.file.Machine;
import dev.metalog.server.store.file.RealFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it is replaced in one step is tried by {@code SmallFilesCrashTest}: it is written as all small files are. */
class CheckedFileTest {
    private static final byte[] BODY = "{\"peers\": [\n]}\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Path path;
    private CheckedFile file;

    @BeforeEach
    void name() {
        path = folder.resolve("peers");
        file = new CheckedFile(RealFiles.INSTANCE, path, "peers", "nobody is blocked any more");
    }

    @Test
    void whatWasWrittenIsReadInTheNextRun() throws Exception {
        Machine.needModes(folder);
        assertThat(file.read()).isNull();
        file.write(BODY);
        file.write(new byte[0]);
        assertThat(file.read()).isEmpty();
        file.write(BODY);
        assertThat(Machine.mode(path)).isEqualTo("rw-------");
        assertThat(new CheckedFile(RealFiles.INSTANCE, path, "peers", "nobody is blocked any more").read())
                .isEqualTo(BODY);
        assertThat(Files.readString(path)).startsWith("meta-log peers 1 ").endsWith("]}\n");
    }

    @Test
    void everyChangedAndEveryMissingByteIsFound() throws Exception {
        file.write(BODY);
        byte[] sound = Files.readAllBytes(path);
        for (int i = 0; i < sound.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = sound.clone();
                changed[i] ^= (byte) (1 << bit);
                Files.write(path, changed);
                assertThat(refusal()).as("bit %d of byte %d", bit, i).isEqualTo(StoreRefused.Reason.DAMAGED);
            }
            Files.write(path, Arrays.copyOf(sound, i));
            assertThat(refusal()).as("cut at %d", i).isEqualTo(StoreRefused.Reason.DAMAGED);
        }
        Files.write(path, Arrays.copyOf(sound, sound.length + 1));
        assertThat(refusal()).isEqualTo(StoreRefused.Reason.DAMAGED);
    }

    @Test
    void whatANewerProgramWroteIsLeftUntouched() throws Exception {
        CRC32C sum = new CRC32C();
        sum.update("2\nnews".getBytes(StandardCharsets.US_ASCII));
        String newer = String.format("meta-log peers 2 %08x\nnews", sum.getValue());
        Files.writeString(path, newer);
        assertThat(refusal()).isEqualTo(StoreRefused.Reason.NEWER_FORMAT);
        assertThat(path).hasContent(newer);
    }

    @Test
    void whatIsPutAsideIsKeptHoweverOften() throws Exception {
        for (String content : List.of("one", "two", "three")) {
            Files.writeString(path, content);
            Path aside = file.putAside();
            assertThat(aside).hasContent(content);
            assertThat(path).doesNotExist();
            assertThat(file.read()).isNull();
        }
        assertThat(Machine.filesIn(folder)).hasSize(3);
    }

    private StoreRefused.Reason refusal() {
        return catchThrowableOfType(StoreRefused.class, () -> file.read()).reason();
    }
}
