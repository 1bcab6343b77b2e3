package dev.metalog.server.link.direct;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two threads for what takes long, so that links that are up do not wait for it. They end when there is nothing to do. */
final class SideThreads {
    private static final int IDLE_SECONDS = 30;
    private static final int LOOK_UPS = 256;

    /** At most one task for each connection that has not proved who it is: the bound of those is its bound. */
    private final ThreadPoolExecutor handshakes = one("meta-log-direct-handshakes", new LinkedBlockingQueue<>());

    /** Overflow rule: a name that has no room is taken for unknown, and looked up when it is dialled again. */
    private final ThreadPoolExecutor names = one("meta-log-direct-names", new LinkedBlockingQueue<>(LOOK_UPS));

    private static ThreadPoolExecutor one(String name, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, queue, new DefaultThreadFactory(name, true));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    Executor handshakes() {
        return handshakes;
    }

    /** Asks the system for the address, which may take seconds; a literal is one at once. */
    void lookUp(DirectAddress address, Consumer<InetSocketAddress> then) {
        if (address.isLiteral()) {
            then.accept(new InetSocketAddress(address.host(), address.port()));
            return;
        }
        try {
            names.execute(() -> then.accept(new InetSocketAddress(address.host(), address.port())));
        } catch (RejectedExecutionException full) {
            then.accept(InetSocketAddress.createUnresolved(address.host(), address.port()));
        }
    }

    /** Runs something that asks the system, if there is room. */
    void ask(Runnable task) {
        try {
            names.execute(task);
        } catch (RejectedExecutionException full) {
            // It is asked again.
        }
    }

    void end() {
        handshakes.shutdownNow();
        names.shutdownNow();
    }
}
