package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.codec.DirectFrameCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Cuts what arrives into frames. The first may only be as long as a hello; after what is no frame nothing is read. */
final class FrameReader extends ByteToMessageDecoder {
    private int most = DirectFrameCodec.HELLO_BYTES;
    private boolean broken;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws MalformedMessageException {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < DirectFrameCodec.PREFIX_BYTES) {
            return;
        }
        boolean whole = false;
        try {
            int length = in.getInt(in.readerIndex());
            DirectFrameCodec.demandLength(length, most);
            if (in.readableBytes() - DirectFrameCodec.PREFIX_BYTES >= length) {
                byte[] bytes = new byte[length];
                in.skipBytes(DirectFrameCodec.PREFIX_BYTES).readBytes(bytes);
                DirectFrame frame = DirectFrameCodec.decode(bytes);
                most = Limits.DIRECT_FRAME_BYTES;
                out.add(frame);
            }
            whole = true;
        } finally {
            broken = !whole;
        }
    }
}
