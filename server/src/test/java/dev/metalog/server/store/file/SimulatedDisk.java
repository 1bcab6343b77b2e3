package dev.metalog.server.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk that knows what would survive. It promises what POSIX promises and not a bit more: a file's bytes are safe after
 * {@code force} of the file, a name after {@code forceFolder} of its folder, and until then each may be lost, done in part
 * (a write up to any byte, or any of its sectors), or done before what came before it. A force that fails throws away what
 * it should have kept, and the next one succeeds, as Linux does.
 *
 * <p>{@link #afterPowerLoss} is what the machine finds when it starts again. Everything follows from the random numbers
 * handed in.
 */
public final class SimulatedDisk implements StoreFiles {
    /** What a power loss does to what was not forced. */
    public enum Loss {
        /** The process was killed: the system has all of it. */
        NOTHING,
        /** None of it reached the disk. */
        EVERYTHING,
        /** What came first reached the disk, and of the next write a part. */
        TORN,
        /** Any of it reached the disk, sector by sector, name by name. */
        REORDERED
    }

    /** Called after each operation that changes something, or is meant to make it safe. */
    @FunctionalInterface
    public interface Watcher {
        void done(String operation);
    }

    private static final int SECTOR_BYTES = 512;

    /** A change that is not safe yet, in the order of the whole disk. */
    private abstract static class Change {
        final long order;

        Change(long order) {
            this.order = order;
        }
    }

    private static final class Write extends Change {
        final long at;
        final byte[] bytes;

        Write(long order, long at, byte[] bytes) {
            super(order);
            this.at = at;
            this.bytes = bytes;
        }
    }

    private static final class Truncate extends Change {
        final long length;

        Truncate(long order, long length) {
            super(order);
            this.length = length;
        }
    }

    /** A name in a folder now means this file, or none. A rename is one of these for both of its names. */
    private static final class Naming extends Change {
        final Map<Path, Node> names;

        Naming(long order, Map<Path, Node> names) {
            super(order);
            this.names = names;
        }
    }

    /** A file or folder, whatever it is called. */
    private static final class Node {
        final boolean isFolder;
        byte[] bytes = new byte[0];
        byte[] safe = new byte[0];
        final List<Change> unsafe = new ArrayList<>();

        Node(boolean isFolder) {
            this.isFolder = isFolder;
        }

        void write(long at, byte[] written) {
            bytes = written(bytes, at, written, 0, written.length);
        }
    }

    private final Map<Path, Node> names = new TreeMap<>();
    private final Map<Path, Node> safeNames = new TreeMap<>();
    private final List<Naming> unsafeNames = new ArrayList<>();
    private long order;

    private Watcher watcher = operation -> {};
    private long spaceBytes = Long.MAX_VALUE;
    private String refusal;
    private int forcesUntilFailure = -1;
    private long writtenBytes;

    /** @param root a folder that is there from the beginning */
    public SimulatedDisk(Path root) {
        Node folder = new Node(true);
        names.put(root, folder);
        safeNames.put(root, folder);
    }

    private SimulatedDisk() {}

    public void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    /** From now on so many bytes more can be written, in new places. */
    public synchronized void space(long bytes) {
        spaceBytes = bytes;
    }

    /** From now on every change is refused with these words of the system; {@code null} for none. */
    public synchronized void refuse(String words) {
        refusal = words;
    }

    /** The force after so many more fails, and loses what it should have kept. */
    public synchronized void failForce(int after) {
        forcesUntilFailure = after;
    }

    /** Changes bits that the disk should have kept. */
    public void flip(Path file, long at, int bits) {
        Node node = names.get(file);
        node.bytes[(int) at] ^= (byte) bits;
        node.safe = node.bytes.clone();
        node.unsafe.clear();
    }

    public byte[] bytes(Path file) {
        return names.get(file).bytes.clone();
    }

    /** Puts a file there, safely. */
    public void put(Path file, byte[] bytes) {
        Node node = new Node(false);
        node.bytes = bytes.clone();
        node.safe = bytes.clone();
        names.put(file, node);
        safeNames.put(file, node);
    }

    /** Loses a file, safely. */
    public void lose(Path file) {
        names.remove(file);
        safeNames.remove(file);
    }

    public List<Path> all() {
        return List.copyOf(names.keySet());
    }

    public long writtenBytes() {
        return writtenBytes;
    }

    /** A disk with what would be there if the power failed now, with nothing that is not safe. */
    public SimulatedDisk afterPowerLoss(Loss loss, Random random) {
        SimulatedDisk after = new SimulatedDisk();
        long cut = loss == Loss.TORN ? cut(random) : 0;
        Map<Path, Node> left = new TreeMap<>(loss == Loss.NOTHING ? names : safeNames);
        for (Naming naming : loss == Loss.NOTHING ? List.<Naming>of() : unsafeNames) {
            if (loss == Loss.REORDERED ? random.nextBoolean() : loss == Loss.TORN && naming.order < cut) {
                apply(naming, left);
            }
        }
        Map<Node, Node> copies = new HashMap<>();
        left.forEach((path, node) ->
                after.names.put(path, copies.computeIfAbsent(node, same -> survivor(same, loss, cut, random))));
        after.safeNames.putAll(after.names);
        return after;
    }

    private long cut(Random random) {
        Set<Long> orders = new HashSet<>();
        unsafeNames.forEach(naming -> orders.add(naming.order));
        names.values().forEach(node -> node.unsafe.forEach(change -> orders.add(change.order)));
        List<Long> sorted = new ArrayList<>(orders);
        sorted.sort(null);
        return sorted.isEmpty() ? 0 : sorted.get(random.nextInt(sorted.size()));
    }

    private static Node survivor(Node node, Loss loss, long cut, Random random) {
        Node left = new Node(node.isFolder);
        left.bytes = loss == Loss.NOTHING ? node.bytes.clone() : node.safe.clone();
        for (Change change : loss == Loss.NOTHING ? List.<Change>of() : node.unsafe) {
            if (loss == Loss.REORDERED) {
                left.bytes = reordered(left.bytes, change, random);
            } else if (loss == Loss.TORN && change.order < cut) {
                left.bytes = applied(left.bytes, change);
            } else if (loss == Loss.TORN && change.order == cut && change instanceof Write write) {
                left.bytes = written(left.bytes, write.at, write.bytes, 0, random.nextInt(write.bytes.length + 1));
            }
        }
        left.safe = left.bytes.clone();
        return left;
    }

    private static byte[] reordered(byte[] bytes, Change change, Random random) {
        if (!(change instanceof Write write)) {
            return random.nextBoolean() ? applied(bytes, change) : bytes;
        }
        byte[] result = bytes;
        for (int from = 0; from < write.bytes.length; ) {
            int sectorEnd = (int) (SECTOR_BYTES - (write.at + from) % SECTOR_BYTES);
            int to = Math.min(write.bytes.length, from + sectorEnd);
            if (random.nextBoolean()) {
                result = written(result, write.at, write.bytes, from, to);
            }
            from = to;
        }
        return result;
    }

    private static byte[] applied(byte[] bytes, Change change) {
        if (change instanceof Write write) {
            return written(bytes, write.at, write.bytes, 0, write.bytes.length);
        }
        return Arrays.copyOf(bytes, (int) Math.min(bytes.length, ((Truncate) change).length));
    }

    /** What was never written in front of it is zeros. */
    private static byte[] written(byte[] bytes, long at, byte[] written, int from, int to) {
        byte[] result = Arrays.copyOf(bytes, Math.max(bytes.length, (int) at + to));
        System.arraycopy(written, from, result, (int) at + from, to - from);
        return result;
    }

    private static void apply(Naming naming, Map<Path, Node> names) {
        naming.names.forEach((path, node) -> {
            if (node == null) {
                names.remove(path);
            } else {
                names.put(path, node);
            }
        });
    }

    // ---- the port ----

    @Override
    public synchronized StoreFile create(Path file) throws IOException {
        demandChangeable(file);
        demandFolder(file.getParent());
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Node node = new Node(false);
        name("create " + file.getFileName(), namesOf(file, node));
        return new Open(file, node, true);
    }

    @Override
    public synchronized StoreFile open(Path file) throws IOException {
        demandChangeable(file);
        return new Open(file, find(file), true);
    }

    @Override
    public synchronized StoreFile read(Path file) throws IOException {
        return new Open(file, find(file), false);
    }

    @Override
    public synchronized boolean exists(Path file) {
        return names.containsKey(file);
    }

    @Override
    public synchronized List<Path> list(Path folder) throws IOException {
        demandFolder(folder);
        return names.keySet().stream()
                .filter(path -> folder.equals(path.getParent()))
                .toList();
    }

    @Override
    public synchronized void createFolder(Path folder) throws IOException {
        demandChangeable(folder);
        demandFolder(folder.getParent());
        if (!names.containsKey(folder)) {
            name("create folder " + folder.getFileName(), namesOf(folder, new Node(true)));
        }
    }

    @Override
    public synchronized void rename(Path file, Path newName) throws IOException {
        demandChangeable(file);
        Map<Path, Node> both = namesOf(newName, find(file));
        both.put(file, null);
        name("rename " + file.getFileName() + " to " + newName.getFileName(), both);
    }

    @Override
    public synchronized void publish(Path file, Path newName) throws IOException {
        demandChangeable(file);
        if (names.containsKey(newName)) {
            throw new FileAlreadyExistsException(newName.toString());
        }
        name("link " + newName.getFileName(), namesOf(newName, find(file)));
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        demandChangeable(file);
        if (names.containsKey(file)) {
            name("unlink " + file.getFileName(), namesOf(file, null));
        }
    }

    @Override
    public synchronized void forceFolder(Path folder) throws IOException {
        demandFolder(folder);
        boolean fails = forceFails();
        for (Naming naming : List.copyOf(unsafeNames)) {
            if (naming.names.keySet().stream().anyMatch(path -> folder.equals(path.getParent()))) {
                unsafeNames.remove(naming);
                if (!fails) {
                    apply(naming, safeNames);
                }
            }
        }
        if (fails) {
            throw new IOException("Input/output error");
        }
        watcher.done("force folder " + folder.getFileName());
    }

    private void name(String operation, Map<Path, Node> change) {
        Naming naming = new Naming(++order, change);
        apply(naming, names);
        unsafeNames.add(naming);
        watcher.done(operation);
    }

    private static Map<Path, Node> namesOf(Path path, Node node) {
        Map<Path, Node> one = new HashMap<>();
        one.put(path, node);
        return one;
    }

    private Node find(Path file) throws IOException {
        Node node = names.get(file);
        if (node == null || node.isFolder) {
            throw new NoSuchFileException(file.toString());
        }
        return node;
    }

    private void demandFolder(Path folder) throws IOException {
        Node node = names.get(folder);
        if (node == null || !node.isFolder) {
            throw new NoSuchFileException(folder.toString());
        }
    }

    private void demandChangeable(Path file) throws IOException {
        if (refusal != null) {
            throw new FileSystemException(file.toString(), null, refusal);
        }
    }

    private boolean forceFails() {
        return forcesUntilFailure >= 0 && forcesUntilFailure-- == 0;
    }

    /** An open file. */
    private final class Open implements StoreFile {
        private final Path path;
        private final Node node;
        private final boolean isWritable;
        private boolean isOpen = true;

        Open(Path path, Node node, boolean isWritable) {
            this.path = path;
            this.node = node;
            this.isWritable = isWritable;
        }

        @Override
        public long size() {
            return node.bytes.length;
        }

        @Override
        public int read(ByteBuffer into, long at) {
            if (at >= node.bytes.length) {
                return -1;
            }
            int count = Math.min(into.remaining(), node.bytes.length - (int) at);
            into.put(node.bytes, (int) at, count);
            return count;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            synchronized (SimulatedDisk.this) {
                writeAlone(bytes, at);
            }
        }

        private void writeAlone(ByteBuffer bytes, long at) throws IOException {
            demandWritable();
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            long grown = Math.max(0, at + all.length - node.bytes.length);
            int fits = (int) Math.max(0, all.length - Math.max(0, grown - spaceBytes));
            byte[] written = fits == all.length ? all : Arrays.copyOf(all, fits);
            if (fits > 0) {
                spaceBytes -= Math.max(0, at + fits - node.bytes.length);
                node.write(at, written);
                node.unsafe.add(new Write(++order, at, written));
                writtenBytes += fits;
                watcher.done("write " + fits + " bytes at " + at + " of " + path.getFileName());
            }
            if (fits < all.length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            synchronized (SimulatedDisk.this) {
                truncateAlone(length);
            }
        }

        private void truncateAlone(long length) throws IOException {
            demandWritable();
            if (length < node.bytes.length) {
                spaceBytes += spaceBytes == Long.MAX_VALUE ? 0 : node.bytes.length - length;
                node.bytes = Arrays.copyOf(node.bytes, (int) length);
                node.unsafe.add(new Truncate(++order, length));
                watcher.done("truncate " + path.getFileName() + " to " + length);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                forceAlone();
            }
        }

        private void forceAlone() throws IOException {
            demandWritable();
            if (forceFails()) {
                // The pages count as written now, and what the disk has is whatever it had.
                node.unsafe.clear();
                throw new IOException("Input/output error");
            }
            node.safe = node.bytes.clone();
            node.unsafe.clear();
            watcher.done("force " + path.getFileName());
        }

        private void demandWritable() throws IOException {
            if (!isOpen || !isWritable) {
                throw new IOException("The file is not open for writing.");
            }
            demandChangeable(path);
        }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }
}
