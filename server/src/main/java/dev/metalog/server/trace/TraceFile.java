package dev.metalog.server.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens trace files: JSON, or JSON packed by gzip, which is told by its first bytes. */
public final class TraceFile {
    private static final String SUFFIX = ".json";

    private TraceFile() {}

    /** The trace in the file, or the cases of the suite in it. */
    public static List<Trace> read(Path file) throws BadTraceException {
        if (Files.isDirectory(file)) {
            throw new BadTraceException(file.toString(), "this is a folder; name the files in it.");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(nameOf(file), in);
        } catch (NoSuchFileException e) {
            throw new BadTraceException(file.toString(), "there is no such file.", e);
        } catch (IOException e) {
            throw new BadTraceException(file.toString(), "it cannot be read: " + e, e);
        } catch (BadTraceException e) {
            throw new BadTraceException(file.toString(), e.getMessage(), e);
        }
    }

    /** The same from a stream, which is left open; {@code name} is that of a file, without its endings. */
    public static List<Trace> read(String name, InputStream packedOrNot) throws BadTraceException {
        try (InputStream in = new Bounded(unpacked(packedOrNot))) {
            List<RawTrace> raw = TraceParser.parse(in);
            List<Trace> traces = new ArrayList<>();
            for (int i = 0; i < raw.size(); i++) {
                boolean suite = raw.size() > 1;
                try {
                    traces.add(TraceBuilder.build(suite ? name + ", case " + i : name, raw.get(i)));
                } catch (BadTraceException e) {
                    throw suite ? new BadTraceException("case " + i, e.getMessage(), e) : e;
                }
            }
            return traces;
        } catch (JsonProcessingException e) {
            throw new BadTraceException(placeOf(e), "this is no whole JSON: " + e.getOriginalMessage(), e);
        } catch (ZipException e) {
            throw new BadTraceException("", "its gzip is damaged (" + e.getMessage() + "); fetch it again.", e);
        } catch (IOException e) {
            throw new BadTraceException("", "it cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file's name without its endings. */
    static String nameOf(Path file) {
        String name = file.getFileName().toString();
        int end = name.indexOf(SUFFIX);
        return end > 0 ? name.substring(0, end) : name;
    }

    private static String placeOf(JsonProcessingException e) {
        var at = e.getLocation();
        return at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static InputStream unpacked(InputStream packedOrNot) throws IOException {
        InputStream in = new BufferedInputStream(packedOrNot, 1 << 16);
        in.mark(2);
        boolean packed = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return packed ? new GZIPInputStream(in, 1 << 16) : in;
    }

    /** Ends with an error, not with the memory, when a small file unpacks to more than any trace has. */
    private static final class Bounded extends FilterInputStream {
        private long left = TraceLimits.JSON_BYTES;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                throw new IOException(
                        "it has more than " + (TraceLimits.JSON_BYTES >> 20) + " MiB of JSON, and no more is read");
            }
        }
    }
}
