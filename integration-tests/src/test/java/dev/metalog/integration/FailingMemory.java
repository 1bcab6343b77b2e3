package dev.metalog.integration;

import com.sun.jdi.ArrayReference;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.CharValue;
import com.sun.jdi.Field;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Memory of a running sidecar in which a character changes by itself, as by a bit that flips: through Java's debugger, so
 * that nothing in the sidecar knows of it.
 */
final class FailingMemory {
    private static final String TEXT = "dev.metalog.server.text.";

    private final int port;

    FailingMemory() throws IOException {
        port = Rig.freePort();
    }

    /** The command of a sidecar whose memory can be made to fail. Quiet, as a debugger's greeting would be no JSON-RPC. */
    List<String> sidecar() {
        return Product.serve("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:" + port);
    }

    /**
     * Puts one character in place of the first of this text, wherever the sidecar has it as the text of a document.
     *
     * @return in how many places that was
     */
    int change(String text, char to) throws Exception {
        VirtualMachine machine = attach();
        machine.suspend();
        try {
            int changed = 0;
            for (String holder : List.of(TEXT + "Node", TEXT + "TextBuffer")) {
                for (ReferenceType type : machine.classesByName(holder)) {
                    for (ObjectReference each : type.instances(0)) {
                        changed += change(each, text, to);
                    }
                }
            }
            return changed;
        } finally {
            machine.resume();
            machine.dispose();
        }
    }

    private VirtualMachine attach() throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(Integer.toString(port));
        return connector.attach(arguments);
    }

    private static int change(ObjectReference object, String text, char to) throws Exception {
        int changed = 0;
        for (Field field : object.referenceType().fields()) {
            if (field.signature().equals("[C")
                    && !field.isStatic()
                    && object.getValue(field) instanceof ArrayReference units) {
                int at = string(units).indexOf(text);
                if (at >= 0) {
                    units.setValue(at, object.virtualMachine().mirrorOf(to));
                    changed++;
                }
            }
        }
        return changed;
    }

    private static String string(ArrayReference units) {
        StringBuilder string = new StringBuilder();
        if (units.length() > 0) {
            for (Value unit : units.getValues()) {
                string.append(((CharValue) unit).value());
            }
        }
        return string.toString();
    }
}
