package dev.metalog.server.link;

import java.lang.System.Logger.Level;

/** Keeps what a listener throws away from the threads of the link and of Paho, which would end by it; logs it instead. */
record GuardedListener(RelayListener listener) implements RelayListener {
    private static final System.Logger LOGGER = System.getLogger(GuardedListener.class.getPackageName());

    @Override
    public void up(String brokerUrl) {
        guard(() -> listener.up(brokerUrl));
    }

    @Override
    public void down(String brokerUrl, DownReason reason, String explanation) {
        guard(() -> listener.down(brokerUrl, reason, explanation));
    }

    @Override
    public void message(String topic, byte[] payload, boolean retained) {
        guard(() -> listener.message(topic, payload, retained));
    }

    @Override
    public void acknowledged(long token) {
        guard(() -> listener.acknowledged(token));
    }

    @Override
    public void refused(long token, String explanation) {
        guard(() -> listener.refused(token, explanation));
    }

    @Override
    public void subscriptionRefused(String filter, String explanation) {
        guard(() -> listener.subscriptionRefused(filter, explanation));
    }

    private static void guard(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.log(Level.ERROR, "A listener of a relay link failed; the link goes on.", e);
        }
    }
}
