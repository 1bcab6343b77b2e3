package dev.metalog.server.link;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** An authority of a test's own, and the certificates it signs, made by openssl as people make them. */
public final class Certificates {
    private final Path folder;
    private final String name;

    /** Makes the authority; skips the test in one line where openssl is not installed. */
    public Certificates(Path folder, String name) throws IOException, InterruptedException {
        boolean installed = Mosquitto.executable("openssl") != null;
        if (!installed && "true".equals(System.getenv("CI"))) {
            fail("CI has to have openssl installed.");
        }
        Assumptions.assumeTrue(installed, "skipped: openssl is not installed");
        this.folder = folder;
        this.name = name;
        List<String> request = request(name, "/CN=The authority " + name);
        request.addAll(List.of("-x509", "-days", "2", "-out", authority().toString()));
        openssl(request);
    }

    /** The authority's own certificate. */
    public Path authority() {
        return folder.resolve(name + ".pem");
    }

    /** Signs a certificate for this host; returns where it is. Its key is beside it, by {@link #keyOf}. */
    public Path sign(String host, int days) throws IOException, InterruptedException {
        String file = name + "-" + host + (days < 0 ? "-expired" : "");
        Path asked = folder.resolve(file + ".csr");
        List<String> request = request(file, "/CN=" + host);
        request.addAll(List.of("-out", asked.toString()));
        openssl(request);
        boolean isAddress = host.matches("[0-9.]+");
        Path names = Files.writeString(
                folder.resolve(file + ".cnf"), "subjectAltName=" + (isAddress ? "IP:" : "DNS:") + host + "\n");
        Path signed = folder.resolve(file + ".pem");
        openssl(new ArrayList<>(List.of(
                "x509",
                "-req",
                "-in",
                asked.toString(),
                "-CA",
                authority().toString(),
                "-CAkey",
                keyOf(authority()).toString(),
                "-CAcreateserial",
                "-days",
                Integer.toString(days),
                "-extfile",
                names.toString(),
                "-out",
                signed.toString())));
        return signed;
    }

    /** The private key of a certificate made here. */
    public static Path keyOf(Path certificate) {
        return certificate.resolveSibling(certificate.getFileName().toString().replace(".pem", ".key"));
    }

    private List<String> request(String file, String subject) {
        return new ArrayList<>(List.of(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                subject,
                "-keyout",
                folder.resolve(file + ".key").toString()));
    }

    private static void openssl(List<String> arguments) throws IOException, InterruptedException {
        arguments.add(0, Mosquitto.executable("openssl"));
        Process process =
                new ProcessBuilder(arguments).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }
}
