package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ErrorTableTest {

    private static final String ERRORS = "org/apache/kafka/common/errors";

    @Test
    void shouldHaveARowForEveryErrorClassOfTheClient() throws Exception {
        List<String> classes = errorClasses();
        assertThat(classes).hasSizeGreaterThan(100);

        List<String> without = new ArrayList<>();
        for (String name : classes) {
            Class<?> type = Class.forName(name);
            if (Throwable.class.isAssignableFrom(type) && ErrorTable.row(type) == null) {
                without.add(name);
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void shouldNotTakeANewClassForKnownBecauseItsAncestorHasARow() {
        class NewlyInvented extends ApiException {
            private static final long serialVersionUID = 1L;
        }
        assertThat(ErrorTable.row(NewlyInvented.class)).isNull();
    }

    private static List<String> errorClasses() throws Exception {
        URI jar = ApiException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar), Map.of());
                Stream<Path> paths = Files.list(files.getPath(ERRORS))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> ERRORS.replace('/', '.') + "." + name.substring(0, name.length() - 6))
                    .toList();
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new TimeoutException("m"), ErrorKind.RETRIABLE, "BROKER_UNAVAILABLE"),
                Arguments.of(
                        new TimeoutException("m", new UnknownTopicOrPartitionException()),
                        ErrorKind.RETRIABLE,
                        "TOPIC_MISSING"),
                Arguments.of(new BufferExhaustedException("m"), ErrorKind.RETRIABLE, "BUFFER_FULL"),
                Arguments.of(new NotLeaderOrFollowerException("m"), ErrorKind.RETRIABLE, "BROKER_UNAVAILABLE"),
                Arguments.of(new KafkaStorageException("m"), ErrorKind.RETRIABLE, "BROKER_STORAGE"),
                Arguments.of(
                        new ExecutionException(new KafkaException("m", new SaslAuthenticationException("m"))),
                        ErrorKind.FATAL,
                        "AUTHENTICATION"),
                Arguments.of(new SslAuthenticationException("m", new IOException("handshake")), ErrorKind.FATAL, "TLS"),
                Arguments.of(new TopicAuthorizationException("t"), ErrorKind.FATAL, "AUTHORIZATION"),
                Arguments.of(new ClusterAuthorizationException("m"), ErrorKind.FATAL, "AUTHORIZATION"),
                Arguments.of(new RecordTooLargeException("m"), ErrorKind.RECORD, "MESSAGE_TOO_LARGE"),
                Arguments.of(new InvalidTopicException("m"), ErrorKind.RECORD, "TOPIC_INVALID"),
                Arguments.of(new ProducerFencedException("m"), ErrorKind.FATAL, "FENCED"),
                Arguments.of(new InvalidProducerEpochException("m"), ErrorKind.RETRIABLE, "PRODUCER_STATE_LOST"),
                Arguments.of(new UnknownProducerIdException("m"), ErrorKind.RETRIABLE, "PRODUCER_STATE_LOST"),
                Arguments.of(
                        new KafkaException(new TransactionAbortableException("m", new TimeoutException("m"))),
                        ErrorKind.RETRIABLE,
                        "BROKER_UNAVAILABLE"),
                Arguments.of(new KafkaException("m", new ConfigException("m")), ErrorKind.FATAL, "CONFIG"),
                Arguments.of(new KafkaException("closed forcefully"), ErrorKind.RETRIABLE, "PRODUCER_FAILED"),
                Arguments.of(new IllegalStateException("m"), ErrorKind.FATAL, "UNEXPECTED"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldLetTheDeepestKnownCauseDecide(Exception error, ErrorKind kind, String reason) {
        DeliveryException failure = ErrorTable.classify("sending", error);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.remedy()).isPresent();
        assertThat(failure).hasCause(error).hasMessageStartingWith("sending: ");
    }

    @Test
    void shouldNotClassifyByText() {
        assertThat(ErrorTable.reaction(new KafkaException("SaslAuthenticationException: Authentication failed")))
                .isEqualTo(ErrorTable.UNKNOWN);
    }

    @Test
    void shouldTellTheOutermostAndTheInnermostCause() {
        DeliveryException failure = ErrorTable.classify(
                "sending",
                new TimeoutException("not present in metadata", new UnknownTopicOrPartitionException("gone")));

        assertThat(failure)
                .hasMessage("sending: TimeoutException (not present in metadata); "
                        + "UnknownTopicOrPartitionException (gone)");
    }
}
