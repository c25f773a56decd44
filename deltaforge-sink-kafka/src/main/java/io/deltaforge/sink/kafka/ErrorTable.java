package io.deltaforge.sink.kafka;

import static io.deltaforge.api.error.ErrorKind.FATAL;
import static io.deltaforge.api.error.ErrorKind.RECORD;
import static io.deltaforge.api.error.ErrorKind.RETRIABLE;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.*;

/**
 * Says what is to be done about an exception of kafka-clients: the one place where that is decided. Exceptions are told
 * apart by their class over the whole chain of causes, never by their text; the deepest cause that has a row decides,
 * since the client wraps what happened in what it noticed (a missing topic arrives as a timeout). Facts: reliability
 * research, section 3.7, and the failure table of the Kafka sink's page; where they differ the page wins, so wrong
 * credentials, missing rights and TLS failures stop the pipeline at once.
 */
final class ErrorTable {

    private static final int MAX_CAUSES = 32;

    /**
     * What is to be done.
     *
     * @param kind what the engine does
     * @param reason the stable code
     * @param remedy what an operator can do
     */
    record Reaction(ErrorKind kind, String reason, String remedy) {}

    /** For what no row names: nothing is known of its outcome, so a new producer sends again from the last checkpoint. */
    static final Reaction UNKNOWN = new Reaction(
            RETRIABLE, "PRODUCER_FAILED", "look at the log of the broker; delivery is tried again with a new producer");

    /** For what does not come from the client at all. */
    static final Reaction UNEXPECTED =
            new Reaction(FATAL, "UNEXPECTED", "report it with the stack trace: it should never happen");

    private static final Map<Class<?>, Reaction> ROWS = new HashMap<>();
    /** Rows that hold for all subclasses too. */
    private static final Map<Class<?>, Reaction> FAMILIES = new HashMap<>();

    static {
        brokersAndNetwork();
        rights();
        records();
        configuration();
        producerState();
        elsewhere();
    }

    private ErrorTable() {}

    private static void brokersAndNetwork() {
        Reaction unavailable = new Reaction(
                RETRIABLE, "BROKER_UNAVAILABLE", "start the brokers, and check the network and the setting brokers");
        family(unavailable, RetriableException.class);
        rows(
                unavailable,
                TimeoutException.class,
                BootstrapResolutionException.class,
                RebootstrapRequiredException.class,
                BrokerNotAvailableException.class);
        rows(
                new Reaction(
                        RETRIABLE,
                        "TOPIC_MISSING",
                        "create the topic, or set topic_creation.enabled = true, or let the brokers create it"
                                + " (auto.create.topics.enable)"),
                UnknownTopicOrPartitionException.class,
                UnknownTopicIdException.class,
                InconsistentTopicIdException.class);
        rows(
                new Reaction(
                        RETRIABLE,
                        "BUFFER_FULL",
                        "the brokers take records too slowly: raise send_timeout_secs or client_conf buffer.memory"),
                BufferExhaustedException.class);
        rows(
                new Reaction(RETRIABLE, "BROKER_STORAGE", "look at the disks of the brokers; one is full or broken"),
                KafkaStorageException.class,
                LogDirNotFoundException.class);
        rows(
                new Reaction(
                        RETRIABLE,
                        "TOO_FEW_REPLICAS",
                        "bring the missing replicas back, or lower the topic's min.insync.replicas"),
                NotEnoughReplicasException.class,
                NotEnoughReplicasAfterAppendException.class);
        rows(
                new Reaction(RETRIABLE, "THROTTLED", "raise the client's quota on the brokers"),
                ThrottlingQuotaExceededException.class);
        rows(
                new Reaction(RETRIABLE, "INTERRUPTED", "nothing: the sink was asked to stop"),
                InterruptException.class,
                WakeupException.class);
    }

    private static void rights() {
        family(
                new Reaction(
                        FATAL,
                        "AUTHENTICATION",
                        "check security.protocol, sasl.mechanism, sasl.username and sasl.password in client_conf, then "
                                + "resume the pipeline"),
                AuthenticationException.class);
        rows(
                new Reaction(
                        FATAL,
                        "TLS",
                        "check the certificates, the host name, ssl.ca.location (or ssl.truststore.location) and "
                                + "security.protocol in client_conf, then resume the pipeline"),
                SslAuthenticationException.class);
        family(
                new Reaction(
                        FATAL,
                        "AUTHORIZATION",
                        "grant the user WRITE and DESCRIBE on the topics (and CREATE where topics are made by first "
                                + "use), then resume the pipeline"),
                AuthorizationException.class);
        rows(
                new Reaction(
                        FATAL,
                        "AUTHORIZATION",
                        "grant the user WRITE and DESCRIBE on the transactional id, which is the client.id that "
                                + "deltaforge explain-config shows, then resume the pipeline"),
                TransactionalIdAuthorizationException.class);
        rows(
                new Reaction(
                        FATAL, "AUTHENTICATION", "give the sink credentials that the brokers accept in client_conf"),
                DelegationTokenDisabledException.class,
                DelegationTokenExpiredException.class,
                DelegationTokenNotFoundException.class,
                DelegationTokenOwnerMismatchException.class,
                UnacceptableCredentialException.class,
                UnsupportedByAuthenticationException.class,
                PrincipalDeserializationException.class,
                InvalidPrincipalTypeException.class,
                SecurityDisabledException.class);
    }

    private static void records() {
        rows(
                new Reaction(
                        RECORD,
                        "MESSAGE_TOO_LARGE",
                        "raise client_conf max.request.size (message.max.bytes) and the topic's max.message.bytes, or "
                                + "filter the event out"),
                RecordTooLargeException.class,
                RecordBatchTooLargeException.class);
        rows(
                new Reaction(RECORD, "TOPIC_INVALID", "mend the template topic: it gives a name that Kafka refuses"),
                InvalidTopicException.class);
        rows(
                new Reaction(
                        RECORD,
                        "RECORD_REFUSED",
                        "see what the topic asks for: a compacted one takes no record without a key"),
                InvalidRecordException.class,
                InvalidTimestampException.class);
        family(
                new Reaction(RECORD, "SERIALIZATION", "filter the event out, and report it: it should never happen"),
                SerializationException.class);
    }

    private static void configuration() {
        family(new Reaction(FATAL, "CONFIG", "mend client_conf"), InvalidConfigurationException.class);
        rows(
                new Reaction(FATAL, "CONFIG", "mend client_conf"),
                ConfigException.class,
                UnsupportedCompressionTypeException.class,
                InvalidTxnTimeoutException.class,
                InvalidSessionTimeoutException.class,
                InvalidRequestException.class);
        rows(
                new Reaction(
                        FATAL,
                        "TOPIC_CREATION",
                        "set topic_creation.replication_factor to at most the number of brokers, and "
                                + "topic_creation.partitions to what they allow; 0 takes the brokers' defaults"),
                InvalidPartitionsException.class,
                InvalidReplicationFactorException.class,
                InvalidReplicaAssignmentException.class);
        rows(
                new Reaction(FATAL, "POLICY", "the brokers' create.topic.policy refuses: create the topic yourself"),
                PolicyViolationException.class);
        rows(
                new Reaction(FATAL, "BROKER_TOO_OLD", "use brokers of version 2.5 or newer"),
                UnsupportedVersionException.class,
                UnsupportedForMessageFormatException.class);
    }

    private static void producerState() {
        rows(
                new Reaction(
                        FATAL, "FENCED", "another instance runs this pipeline: stop one of the two, then resume this"),
                ProducerFencedException.class,
                FencedInstanceIdException.class);
        family(
                new Reaction(
                        RETRIABLE,
                        "PRODUCER_STATE_LOST",
                        "nothing: a new producer sends again from the last checkpoint"),
                ApplicationRecoverableException.class,
                OutOfOrderSequenceException.class);
        rows(
                new Reaction(
                        RETRIABLE,
                        "PRODUCER_STATE_LOST",
                        "nothing: a new producer sends again from the last checkpoint"),
                InvalidTxnStateException.class,
                DuplicateSequenceException.class,
                TransactionalIdNotFoundException.class,
                TransactionCoordinatorFencedException.class,
                TransactionAbortableException.class,
                TransactionAbortedException.class);
    }

    /** Classes that no request of a producer is answered with; met all the same, they are treated as unknown. */
    private static void elsewhere() {
        rows(UNKNOWN, ApiException.class, UnknownServerException.class);
        rows(
                UNKNOWN,
                BrokerIdNotRegisteredException.class,
                ControllerIdNotRegisteredException.class,
                ControllerMovedException.class,
                DuplicateBrokerRegistrationException.class,
                DuplicateResourceException.class,
                DuplicateVoterException.class,
                FeatureUpdateFailedException.class,
                InconsistentClusterIdException.class,
                InconsistentVoterSetException.class,
                IneligibleReplicaException.class,
                InvalidRegistrationException.class,
                InvalidUpdateVersionException.class,
                InvalidVoterKeyException.class,
                MismatchedEndpointTypeException.class,
                NewLeaderElectedException.class,
                NoReassignmentInProgressException.class,
                OperationNotAttemptedException.class,
                ReassignmentInProgressException.class,
                ResourceNotFoundException.class,
                SnapshotNotFoundException.class,
                PositionOutOfRangeException.class,
                StaleBrokerEpochException.class,
                TopicDeletionDisabledException.class,
                TopicExistsException.class,
                UnknownControllerIdException.class,
                UnsupportedEndpointTypeException.class,
                VoterNotFoundException.class);
        rows(
                UNKNOWN,
                FencedMemberEpochException.class,
                FencedStateEpochException.class,
                GroupDeletionFailedException.class,
                GroupIdNotFoundException.class,
                GroupMaxSizeReachedException.class,
                GroupNotEmptyException.class,
                GroupSubscribedToTopicException.class,
                InconsistentGroupProtocolException.class,
                InvalidCommitOffsetSizeException.class,
                InvalidFetchSizeException.class,
                InvalidGroupIdException.class,
                InvalidRecordStateException.class,
                InvalidRegularExpression.class,
                MemberIdRequiredException.class,
                OffsetMetadataTooLarge.class,
                OffsetMovedToTieredStorageException.class,
                RebalanceInProgressException.class,
                StaleMemberEpochException.class,
                StreamsInvalidTopologyEpochException.class,
                StreamsInvalidTopologyException.class,
                StreamsTopologyDescriptionUpdateFailedException.class,
                StreamsTopologyFencedException.class,
                TelemetryTooLargeException.class,
                UnknownSubscriptionIdException.class,
                UnreleasedInstanceIdException.class,
                UnsupportedAssignorException.class);
        family(UNKNOWN, InvalidOffsetException.class);
    }

    private static void rows(Reaction reaction, Class<?>... classes) {
        for (Class<?> type : classes) {
            if (ROWS.put(type, reaction) != null) {
                throw new IllegalStateException(type + " has two rows");
            }
        }
    }

    private static void family(Reaction reaction, Class<?>... ancestors) {
        Arrays.stream(ancestors).forEach(type -> FAMILIES.put(type, reaction));
    }

    /** Returns the row of a class, its own or that of a family it belongs to; null without one. */
    static Reaction row(Class<?> type) {
        Reaction own = ROWS.get(type);
        for (Class<?> ancestor = type; own == null && ancestor != null; ancestor = ancestor.getSuperclass()) {
            own = FAMILIES.get(ancestor);
        }
        return own;
    }

    /** Returns what is to be done about an exception. */
    static Reaction reaction(Throwable error) {
        Reaction found = UNEXPECTED;
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            Reaction row = row(cause.getClass());
            if (row != null && !row.equals(UNKNOWN)) {
                found = row;
            } else if (found.equals(UNEXPECTED) && cause instanceof KafkaException) {
                found = UNKNOWN;
            }
        }
        return found;
    }

    /**
     * Classifies an exception.
     *
     * @param doing what was being done, to begin the message with
     * @param error the exception; one that is classified already stays as it is
     * @return the failure to report
     */
    static DeliveryException classify(String doing, Throwable error) {
        if (error instanceof DeliveryException known) {
            return known;
        }
        Reaction reaction = reaction(error);
        return new DeliveryException(
                reaction.kind(), reaction.reason(), doing + ": " + describe(error), reaction.remedy(), error);
    }

    /** Says what happened in one line: the outermost text and, where it says more, the innermost. */
    private static String describe(Throwable error) {
        Throwable root = error;
        for (int depth = 0; root.getCause() != null && depth < MAX_CAUSES; depth++) {
            root = root.getCause();
        }
        List<Throwable> told = root == error ? List.of(error) : List.of(error, root);
        StringBuilder text = new StringBuilder();
        for (Throwable each : told) {
            String message = each.getMessage() == null ? "" : each.getMessage();
            if (text.length() > 0 && !message.isEmpty() && text.indexOf(message) >= 0) {
                continue;
            }
            text.append(text.length() == 0 ? "" : "; ")
                    .append(each.getClass().getSimpleName())
                    .append(message.isEmpty() ? "" : " (" + message + ")");
        }
        return text.toString();
    }
}
