package dev.metalog.editorclients.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Limits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no end",
                "lf\nlf\n",
                "crlf\r\ncrlf\r\n",
                "crlf\r\nno end",
                "mixed\r\nmixed\n",
                "cr\rcr\r",
                "\r\n",
                "\n",
                "\uFEFFmark\n",
                "\uFEFFmark\r\n",
                "\uFEFF",
                "\uFEFF\uFEFFtwo marks\n",
                "\f\u2028\u0085\u000b",
                "\u0000",
                "\uD83D\uDE00\r"
            })
    void savingWhatWasReadChangesNoByte(String onDisk) throws IOException {
        Path file = folder.resolve("a.txt");
        Files.writeString(file, onDisk);
        TextFile.Loaded loaded = TextFile.read(file);
        assertThat(TextBuffer.withLf(loaded.text())).doesNotContain("\r");
        int written = loaded.format().write(file, loaded.text());
        assertThat(Files.readString(file)).isEqualTo(onDisk);
        assertThat(written).isEqualTo(onDisk.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void crlfIsShownAsLineFeedsAndNewLinesGetItToo() throws IOException {
        Path file = folder.resolve("a.txt");
        Files.writeString(file, "one\r\ntwo\r\n");
        TextFile.Loaded loaded = TextFile.read(file);
        assertThat(loaded.text()).isEqualTo("one\ntwo\n");
        loaded.format().write(file, "one\n1.5\ntwo\n");
        assertThat(Files.readString(file)).isEqualTo("one\r\n1.5\r\ntwo\r\n");
    }

    @ParameterizedTest
    @CsvSource({"61ff62, 1", "c3, 0", "6162e282, 2", "eda080, 0", "f8888080, 0", "c080, 0", "80, 0"})
    void whatIsNotUtf8IsRefusedWithThePlaceAndTheFileUntouched(String hex, int place) throws IOException {
        Path file = folder.resolve("a.txt");
        byte[] bytes = HexFormat.of().parseHex(hex);
        Files.write(file, bytes);
        assertThatThrownBy(() -> TextFile.read(file))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining("a.txt is not UTF-8: byte " + place);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void aFolderAndAFileBeyondTheLimitAreRefused() throws IOException {
        assertThatThrownBy(() -> TextFile.read(folder)).hasMessageContaining("is a folder");
        Path large = folder.resolve("large.txt");
        try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(Limits.DOCUMENT_BYTES + 1L);
        }
        assertThatThrownBy(() -> TextFile.read(large))
                .isInstanceOf(BadTextException.class)
                .hasMessageContaining("a document may have " + Limits.DOCUMENT_BYTES);
    }

    @Test
    void aFileThatDoesNotExistReadsAsEmptyAndIsMadeBySaving() throws IOException {
        Path file = folder.resolve("new.txt");
        TextFile.Loaded loaded = TextFile.read(file);
        assertThat(loaded.text()).isEmpty();
        loaded.format().write(file, "new\n");
        assertThat(Files.readString(file)).isEqualTo("new\n");
    }

    @Test
    void savingKeepsTheModeAndTheLinkAndLeavesNothingBeside() throws IOException {
        Path file = folder.resolve("a.sh");
        Files.writeString(file, "old");
        Assumptions.assumeTrue(
                Files.getFileStore(file).supportsFileAttributeView("posix"), "this file system has no file modes");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        new TextFile(false, false).write(link, "new");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(file)).isEqualTo("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rwxr-x---");
        try (Stream<Path> listed = Files.list(folder)) {
            assertThat(listed).containsExactlyInAnyOrder(file, link);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenLeavesTheOldFile() throws IOException {
        Path missing = folder.resolve("gone").resolve("a.txt");
        assertThatThrownBy(() -> new TextFile(false, false).write(missing, "x")).isInstanceOf(IOException.class);
        assertThat(missing).doesNotExist();
    }
}
