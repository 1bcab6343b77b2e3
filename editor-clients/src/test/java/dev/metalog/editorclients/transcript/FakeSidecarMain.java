package dev.metalog.editorclients.transcript;

import java.util.concurrent.ExecutionException;

/** A played sidecar as a process, for tests of editors that start one. */
public final class FakeSidecarMain {
    private FakeSidecarMain() {}

    public static void main(String[] arguments) throws ExecutionException, InterruptedException {
        FakeSidecar sidecar = new FakeSidecar("utf-16");
        var unusedExit = sidecar.exit.thenAccept(System::exit);
        sidecar.serve(System.in, System.out).get();
    }
}
