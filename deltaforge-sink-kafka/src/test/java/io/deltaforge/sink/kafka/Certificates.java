package io.deltaforge.sink.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority and the certificates it signs, made with the JDK's own keytool in a directory. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path directory;
    private final String name;

    private Certificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** Makes an authority. */
    static Certificates authority(Path directory, String name) throws IOException, InterruptedException {
        Certificates made = new Certificates(directory, name);
        made.keytool(
                made.store(), "-genkeypair", "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:critical=ca:true");
        made.keytool(
                made.store(),
                "-exportcert",
                "-rfc",
                "-alias",
                "ca",
                "-file",
                made.pem().toString());
        return made;
    }

    private Path store() {
        return directory.resolve(name + ".p12");
    }

    /** Returns the file with its certificate, for {@code ssl.ca.location}. */
    Path pem() {
        return directory.resolve(name + ".pem");
    }

    /**
     * Makes a key store for a server.
     *
     * @param server names the file
     * @param alternative the server's name in the certificate, such as {@code ip:127.0.0.1}
     * @param start when it is valid from, such as {@code -10d}
     * @param days for how many days
     */
    Path server(String server, String alternative, String start, int days) throws IOException, InterruptedException {
        Path store = directory.resolve(server + ".p12");
        Files.copy(store(), store);
        List<String> words = new ArrayList<>(List.of("-genkeypair", "-alias", "server", "-signer", "ca"));
        words.addAll(List.of("-dname", "CN=" + server, "-ext", "san=" + alternative));
        words.addAll(List.of("-startdate", start, "-validity", Integer.toString(days)));
        keytool(store, words.toArray(String[]::new));
        keytool(store, "-delete", "-alias", "ca");
        return store;
    }

    private void keytool(Path store, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-Xshare:auto"));
        command.addAll(List.of(words));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        if (words[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream said = process.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + text);
            }
        }
    }
}
