package dev.metalog.server.store.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** Something the store could not or would not do: where, why, and what the person can do about it. Nothing was changed. */
public final class StoreRefused extends Exception {
    /** Why. One constant per thing a caller may want to do differently. */
    public enum Reason {
        /** A file stands where a folder is needed. */
        NOT_A_FOLDER,
        NO_PERMISSION,
        READ_ONLY,
        NO_SPACE,
        MISSING,
        /** Others than its owner can read a file that holds a secret. */
        OPEN_TO_OTHERS,
        /** A newer program wrote it; it was left untouched. */
        NEWER_FORMAT,
        DAMAGED,
        TOO_LARGE,
        /** An earlier failure closed it for the rest of this run. */
        FAILED_BEFORE,
        FAILED
    }

    private final Reason reason;
    private final transient Path where;
    private final String why;
    private final String whatToDo;

    public StoreRefused(Reason reason, Path where, String why, String whatToDo) {
        this(reason, where, why, whatToDo, null);
    }

    private StoreRefused(Reason reason, Path where, String why, String whatToDo, Throwable cause) {
        super(where + ": " + why + " " + whatToDo, cause);
        this.reason = reason;
        this.where = where;
        this.why = why;
        this.whatToDo = whatToDo;
    }

    /**
     * What the operating system said, in words.
     *
     * @param doing what was tried, as in "Writing it"
     */
    public static StoreRefused because(Path where, String doing, IOException failure) {
        String said = said(failure);
        Reason reason = classify(failure, said.toLowerCase(Locale.ROOT));
        return new StoreRefused(reason, where, doing + " failed: " + said + ".", remedy(reason), failure);
    }

    /** The same refusal with these words for why and what to do, by somebody who knows what the file is for. */
    public StoreRefused told(String toldWhy, String toldWhatToDo) {
        return new StoreRefused(reason, where, toldWhy, toldWhatToDo, this);
    }

    /** Java leaves the reason out of its commonest exceptions, and the message is then the path alone. */
    private static String said(IOException failure) {
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "there is no such place";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "something else of this name is there already";
        }
        if (failure instanceof FileSystemException || failure.getMessage() == null) {
            return failure.getClass().getSimpleName();
        }
        return failure.getMessage();
    }

    private static Reason classify(IOException failure, String said) {
        if (said.contains("no space")
                || said.contains("quota")
                || said.contains("not enough space")
                || said.contains("file too large")) {
            return Reason.NO_SPACE;
        }
        if (said.contains("read-only")) {
            return Reason.READ_ONLY;
        }
        if (failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || said.contains("not a directory")) {
            return Reason.NOT_A_FOLDER;
        }
        if (failure instanceof AccessDeniedException
                || said.contains("permission denied")
                || said.contains("operation not permitted")) {
            return Reason.NO_PERMISSION;
        }
        return failure instanceof NoSuchFileException ? Reason.MISSING : Reason.FAILED;
    }

    private static String remedy(Reason reason) {
        return switch (reason) {
            case NO_SPACE -> "Free some space on this disk, then try again.";
            case READ_ONLY -> "Make the file system writable, or set META_LOG_HOME to a folder that is.";
            case NOT_A_FOLDER -> "Move the file that is in the way, or set META_LOG_HOME to another folder.";
            case NO_PERMISSION -> "Give yourself permission there, or set META_LOG_HOME to a folder of your own.";
            case MISSING -> "Check that nothing else moves or deletes these files.";
            case OPEN_TO_OTHERS, NEWER_FORMAT, DAMAGED, TOO_LARGE, FAILED_BEFORE, FAILED ->
                "Check the disk, or set META_LOG_HOME to a folder on another one.";
        };
    }

    public Reason reason() {
        return reason;
    }

    public Path where() {
        return where;
    }

    public String why() {
        return why;
    }

    public String whatToDo() {
        return whatToDo;
    }
}
