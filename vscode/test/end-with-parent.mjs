// Loaded into VS Code's server before its own code: ends the server, its extension host and their sidecars when standard
// input ends, that is, however the process that started them went away.
process.stdin.on("end", () => process.kill(-process.pid, "SIGKILL"));
process.stdin.resume();
