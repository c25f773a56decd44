package io.deltaforge.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes requests that nobody ought to send: a few are right, most are nearly right, some are nothing at all. By a seed. */
final class HostileRequest {

    private static final List<String> VERBS = List.of(
            "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "G\u00cbT");
    /** Of what must not be disturbed only what changes nothing is asked. */
    private static final List<String> READS = List.of(
            "/pipelines/watched",
            "/pipelines/watched/checkpoints",
            "/pipelines/watched/dead-letters",
            "/pipelines/watched/dead-letters/count",
            "/pipelines/watched/dead-letters/1",
            "/pipelines/watched/tap?limit=1",
            "/pipelines/watched/tap?limit=2&op=u,c&rate=1",
            "/pipelines/watched/tap?limit=0",
            "/pipelines",
            "/live",
            "/ready",
            "/health",
            "/plugins",
            "/schema/config.json",
            "/openapi.json",
            "/loggers",
            "/log-level");

    private static final List<String> WRITES = List.of(
            "/pipelines",
            "/validate",
            "/pipelines/%s",
            "/pipelines/%s?wait_secs=0",
            "/pipelines/%s?wait_secs=1",
            "/pipelines/%s?wait_secs=-1",
            "/pipelines/%s/pause",
            "/pipelines/%s/resume",
            "/pipelines/%s/stop",
            "/pipelines/%s/start",
            "/pipelines/%s/sinks/%s/pause",
            "/pipelines/%s/sinks/%s/resume",
            "/pipelines/%s/sinks/%s/restart",
            "/pipelines/%s/dead-letters",
            "/pipelines/%s/dead-letters/%s",
            "/pipelines/%s/tap?limit=1&table=%s",
            "/loggers/%s",
            "/%s");

    private static final List<String> NAMES = List.of(
            "scratch0",
            "scratch1",
            "scratch2",
            "ledger",
            "",
            ".",
            "..",
            "%2e%2e",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "..%5c..%5cwindows",
            "%00",
            "%0d%0aSet-Cookie:%20x=1",
            "%zz",
            "%c0%ae%c0%ae",
            "a;b=c",
            "a//b",
            "a%2Fb",
            "<script>",
            "'%20OR%201=1--",
            "${jndi:ldap://localhost/x}",
            "$%7BCANARY%7D",
            "%F0%9F%92%A3",
            "-1",
            "99999999999999999999",
            "NaN",
            "x".repeat(300));

    private static final List<String> HEADERS = List.of(
            "Content-Type: application/json",
            "Content-Type: application/hocon",
            "Content-Type: application/yaml",
            "Content-Type: application/merge-patch+json",
            "Content-Type: multipart/form-data; boundary=x",
            "Content-Type: application/json; charset=utf-16",
            "Content-Type: \u0001",
            "Content-Encoding: gzip",
            "Accept-Encoding: gzip",
            "Accept: text/html",
            "Accept: */*;q=nonsense",
            "Expect: 100-continue",
            "Expect: the-unexpected",
            "Range: bytes=0-1,5-9999999999",
            "If-None-Match: *",
            "Upgrade: websocket",
            "Upgrade: h2c",
            "X-HTTP-Method-Override: DELETE",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Host: evil.example",
            "Cookie: a=b; a=c; =; ;;",
            "Origin: http://evil.example",
            "Host: evil.example",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: chunked, chunked",
            "Content-Length: 5",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "no colon here",
            ": empty name",
            "X-Long: " + "y".repeat(9_000));

    private final Random random;
    private final String token;
    private final String secretFile;
    private boolean head;

    HostileRequest(long seed, String token, String secretFile) {
        this.random = new Random(seed);
        this.token = token;
        this.secretFile = secretFile;
    }

    /** Whether an answer to the last request has no body whatever it says. */
    boolean isHead() {
        return head;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean now(int inAHundred) {
        return random.nextInt(100) < inAHundred;
    }

    byte[] next() {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        if (now(25)) {
            return right();
        }
        boolean read = now(40);
        String verb = read && now(80) ? "GET" : one(VERBS);
        String target = read ? one(READS) : one(WRITES).formatted(one(NAMES), one(NAMES));
        head = verb.equals("HEAD");
        byte[] body = read ? new byte[0] : body();
        StringBuilder text = new StringBuilder();
        text.append(verb)
                .append(' ')
                .append(target)
                .append(now(99) ? " HTTP/1.1" : one(List.of("", " HTTP/1.0", " FTP/1.1")));
        text.append("\r\n");
        if (now(98)) {
            text.append("Host: localhost\r\n");
        }
        if (now(85)) {
            text.append("Authorization: Bearer ")
                    .append(now(95) ? token : token.substring(1))
                    .append("\r\n");
        }
        for (int i = now(40) ? random.nextInt(4) : 0; i > 0; i--) {
            text.append(one(HEADERS)).append("\r\n");
        }
        boolean chunked = body.length > 0 && now(20);
        if (chunked) {
            text.append("Transfer-Encoding: chunked\r\n\r\n");
            text.append(Integer.toHexString(body.length)).append("\r\n");
        } else if (body.length > 0) {
            text.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        } else {
            text.append("Content-Length: 0\r\n\r\n");
        }
        request.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        if (chunked) {
            request.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        return request.toByteArray();
    }

    /** A request that may well be done: only so is there something that the others can disturb. */
    private byte[] right() {
        head = false;
        String path = "/pipelines/scratch" + random.nextInt(3);
        String wait = now(80) ? "?wait_secs=0" : "?wait_secs=1";
        return switch (random.nextInt(8)) {
            case 0 -> request("POST", "/pipelines" + wait, "application/hocon", scratch(path));
            case 1 -> request("PUT", path + wait, "application/hocon", scratch(path));
            case 2 -> request("PATCH", path + wait, one(List.of("application/json", "text/html")), one(patches()));
            case 3 -> request("DELETE", path, "", "");
            case 4 -> request("POST", path + "/sinks/ledger/" + one(List.of("pause", "resume", "restart")), "", "");
            case 5 -> request("GET", path + one(List.of("", "/checkpoints", "/tap?limit=1&op=c")), "", "");
            default -> request("POST", path + one(List.of("/pause", "/resume", "/stop", "/start")), "", "");
        };
    }

    private String scratch(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return "pipelines." + name + " { source { type = counted, dsn = \"" + one(List.of("x", "${ALLOWED}"))
                + "\", transactions = 50 }\n sinks = [ { id = ledger, type = ledger, file = " + name
                + ".ledger, broken = "
                + now(20) + " } ] }";
    }

    private byte[] request(String verb, String target, String contentType, String body) {
        return (verb + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Type: "
                        + contentType + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] body() {
        int kind = random.nextInt(1_000);
        if (kind < 3) {
            return "a".repeat((1 << 20) + 1 + random.nextInt(1_000)).getBytes(StandardCharsets.US_ASCII);
        }
        if (kind < 100) {
            byte[] junk = new byte[1 + random.nextInt(200)];
            random.nextBytes(junk);
            return junk;
        }
        if (kind < 120) {
            String open = one(List.of("[", "{\"a\":", "{a ", "- ", "a: {"));
            return open.repeat(1 + random.nextInt(20_000)).getBytes(StandardCharsets.US_ASCII);
        }
        if (kind < 140) {
            return ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n".repeat(8))
                    .getBytes(StandardCharsets.US_ASCII);
        }
        String text = kind < 300 ? one(patches()) : kind < 700 ? spec() : "";
        return mutated(text);
    }

    private List<String> patches() {
        return List.of(
                "{\"batch\": {\"max_events\": 7}}",
                "{\"sinks\": {\"second\": {\"type\": \"ledger\", \"file\": \"second.ledger\"}}}",
                "{\"sinks\": {\"second\": null}}",
                "{\"sinks\": {\"ledger\": {\"topic\": \"${CANARY}\"}}}",
                "{\"sinks\": {\"ledger\": {\"topic\": \"${file:" + secretFile + "}\"}}}",
                "{\"sinks\": null}",
                "{\"source\": null, \"__proto__\": {}}",
                "{\"level\": \"info\"}",
                "null",
                "[]",
                "{\"a\": 1e999999999}");
    }

    private String spec() {
        String name = one(List.of("scratch0", "scratch1", "scratch2", "watched", "../x", "a b"));
        String dsn = one(
                List.of("x", "${CANARY}", "${file:" + secretFile + "}", "${ALLOWED}", "${ALLOWED:-y}", "${?CANARY}"));
        String more = one(List.of(
                "",
                "include \"" + secretFile + "\"",
                "include file(\"" + secretFile + "\")",
                "include url(\"file://" + secretFile + "\")",
                "deltaforge.data_dir = \"/\"",
                "a = ${b}\nb = ${a}"));
        String file =
                one(List.of(name.replaceAll("[^a-z0-9]", "") + ".ledger", "/proc/nowhere/x", "no/such/directory/x"));
        return "pipelines.\"" + name + "\" { source { type = counted, dsn = \"" + dsn
                + "\" }\n sinks = [ { id = ledger," + " type = ledger, file = \"" + file + "\" } ] }\n" + more;
    }

    private byte[] mutated(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = now(50) && !text.isEmpty() ? 1 + random.nextInt(3) : 0; i > 0 && changed.length() > 0; i--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(3)) {
                case 0 -> changed.deleteCharAt(at);
                case 1 -> changed.insert(at, (char) random.nextInt(0x300));
                default -> changed.setCharAt(at, one(List.of('{', '}', '"', '$', '\u0000', '\ud800', '#')));
            }
        }
        return changed.toString().getBytes(StandardCharsets.UTF_8);
    }
}
