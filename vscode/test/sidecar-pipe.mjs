// A sidecar played by the test: joins standard input and output to the test's socket on the port given as argument, and
// ends with code 3 when the test closes it.
import { connect } from "node:net";

const socket = connect(Number(process.argv[2]), "127.0.0.1");
socket.setNoDelay(true);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
process.stdin.on("end", () => process.exit(0));
socket.on("error", () => process.exit(3));
socket.on("close", () => process.exit(3));
