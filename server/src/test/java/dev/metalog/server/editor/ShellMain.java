package dev.metalog.server.editor;

/** A process around a shell, for tests of what only a process has: standard streams and an exit code. */
final class ShellMain {
    private ShellMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        RecordingListener listener = new RecordingListener(info -> {
            System.out.println("a library that prints");
            return new RecordingListener().initialize(null, info);
        });
        System.exit(EditorShell.serveStandardStreams(listener).exitCode());
    }
}
