package dev.metalog.editorclients.drive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

/**
 * A socket's input that acknowledges at once what it has read, where the system can (Linux).
 *
 * <p>An editor that cannot switch off Nagle's algorithm, such as Emacs, holds back its next line until the last one was
 * acknowledged, which systems like to put off for 40 ms. The system forgets the wish with every acknowledgement, so it is
 * repeated with every read.
 */
final class PromptInput extends FilterInputStream {
    private final Socket socket;

    private PromptInput(Socket socket, InputStream in) {
        super(in);
        this.socket = socket;
    }

    static InputStream of(Socket socket) throws IOException {
        boolean can = socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        return can ? new PromptInput(socket, socket.getInputStream()) : socket.getInputStream();
    }

    @Override
    public int read() throws IOException {
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        return super.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        return super.read(into, offset, length);
    }
}
