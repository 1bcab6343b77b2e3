package dev.metalog.editorclients.sidecar;

/** The sidecar refused a request, did not answer in time, or is not there. The message is for a person. */
public final class SidecarException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    /** @param code the JSON-RPC error code, or 0 when there was no reply */
    public SidecarException(int code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The JSON-RPC error code of the refusal, or 0 when there was no reply. */
    public int code() {
        return code;
    }
}
