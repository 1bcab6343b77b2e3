package dev.metalog.server.link.broker;

import dev.metalog.server.link.LinkLimits;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Asks who somebody is before Artemis hears anything of them. A password is checked on a thread of its own, since that
 * takes its time, and nobody else may wait for it.
 *
 * <pre>
 *   STRANGER ──CONNECT──▶ ASKED ──right──▶ KNOWN
 *                           └────wrong───▶ (CONNACK, hung up)
 * </pre>
 *
 * <p>What is sent behind CONNECT waits meanwhile. Overflow rule: whoever sends more than {@link
 * LinkLimits#BROKER_EARLY_PACKETS} packets is hung up on.
 */
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    private enum State {
        STRANGER,
        ASKED,
        KNOWN
    }

    private static final int MQTT_5 = 5;

    private final BrokerUsers users;
    private final Executor checking;
    private final Deque<Object> early = new ArrayDeque<>();
    private State state = State.STRANGER;

    /**
     * @param checking where passwords are checked; it may refuse
     */
    Doorkeeper(BrokerUsers users, Executor checking) {
        this.users = users;
        this.checking = checking;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.KNOWN) {
            ctx.fireChannelRead(message);
        } else if (state == State.ASKED && early.size() < LinkLimits.BROKER_EARLY_PACKETS) {
            early.add(message);
        } else if (state == State.STRANGER
                && message instanceof MqttConnectMessage connect
                && connect.decoderResult().isSuccess()) {
            state = State.ASKED;
            ask(ctx, connect);
        } else {
            ReferenceCountUtil.release(message);
            hangUp(ctx);
        }
    }

    private void ask(ChannelHandlerContext ctx, MqttConnectMessage connect) {
        MqttConnectPayload payload = connect.payload();
        try {
            checking.execute(() -> {
                boolean right = users.isRight(payload.userName(), payload.passwordInBytes());
                ctx.executor().execute(() -> answer(ctx, connect, right));
            });
        } catch (RejectedExecutionException e) {
            hangUp(ctx);
        }
    }

    private void answer(ChannelHandlerContext ctx, MqttConnectMessage connect, boolean right) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (!right) {
            boolean named = connect.payload().userName() != null;
            var unused = ctx.writeAndFlush(MqttMessageBuilders.connAck()
                            .returnCode(refusal(connect.variableHeader().version(), named))
                            .build())
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        state = State.KNOWN;
        ctx.pipeline().get(BrokerGate.class).known();
        ctx.fireChannelRead(connect);
        while (!early.isEmpty()) {
            ctx.fireChannelRead(early.poll());
        }
    }

    private static MqttConnectReturnCode refusal(int version, boolean named) {
        if (version == MQTT_5) {
            return named
                    ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
                    : MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5;
        }
        return named
                ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD
                : MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        while (!early.isEmpty()) {
            ReferenceCountUtil.release(early.poll());
        }
        ctx.fireChannelInactive();
    }

    private static void hangUp(ChannelHandlerContext ctx) {
        // Nobody waits for it: channelInactive follows.
        var unused = ctx.close();
    }
}
