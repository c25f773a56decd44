package io.deltaforge.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import org.junit.jupiter.api.Test;

/** A server without TLS is refused by whoever asks for it, and read by whoever prefers it. */
final class TlsIT {

    private final PostgresServer server = Sandbox.postgres();

    @Test
    void shouldRefuseAServerWithoutTlsWhenTlsIsRequired() {
        String database = Sandbox.createDatabase("tls");
        for (String mode : new String[] {"require", "verify-ca", "verify-full"}) {
            try (SourceUnderTest source = new SourceUnderTest(
                    TestSettings.of("dsn", server.dsn(database) + "?sslmode=" + mode, "slot", database))) {
                SourceException failure = catchThrowableOfType(SourceException.class, source::open);
                assertThat(failure.kind()).as(mode).isEqualTo(ErrorKind.HELD);
                assertThat(failure.remedy().orElseThrow()).contains("sslmode");
            }
        }
        try (SourceUnderTest source = new SourceUnderTest(
                TestSettings.of("dsn", server.dsn(database) + "?sslmode=prefer", "slot", database))) {
            assertThat(source.open().identity()).isNotNull();
        }
    }
}
