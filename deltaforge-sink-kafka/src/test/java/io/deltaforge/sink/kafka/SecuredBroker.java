package io.deltaforge.sink.kafka;

import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker that asks who comes in and what he may do: the listeners {@code PLAIN} and {@code SCRAM} with a login,
 * {@code TLS}, {@code EXPIRED} and {@code ELSEWHERE} with a certificate that is good, expired, or of another host. The tests
 * themselves come in by the plain listener and may do everything.
 */
final class SecuredBroker implements AutoCloseable {

    static final String USER = "alice";
    static final String PASSWORD = "open-sesame";
    static final String STRANGER = "mallory";

    private static final String LOGIN = "org.apache.kafka.common.security.";
    private static final int SCRAM_ITERATIONS = 4_096;

    private final KafkaBroker broker;
    private final Admin admin;
    private final Certificates authority;
    private final Certificates otherAuthority;

    SecuredBroker() throws Exception {
        Path directory = Sandbox.createDirectory("certificates");
        authority = Certificates.authority(directory, "authority");
        otherAuthority = Certificates.authority(directory, "other");
        KafkaBroker.Builder builder = KafkaBroker.builder()
                .autoCreateTopics(false)
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("super.users", "User:ANONYMOUS")
                .listener("PLAIN", "SASL_PLAINTEXT")
                .property("listener.name.plain.sasl.enabled.mechanisms", "PLAIN")
                .property(
                        "listener.name.plain.plain.sasl.jaas.config",
                        LOGIN + "plain.PlainLoginModule required user_" + USER + "=\"" + PASSWORD + "\" user_"
                                + STRANGER + "=\"" + PASSWORD + "\";")
                .listener("SCRAM", "SASL_PLAINTEXT")
                .property("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-256")
                .property(
                        "listener.name.scram.scram-sha-256.sasl.jaas.config",
                        LOGIN + "scram.ScramLoginModule required;")
                .property("listener.name.scram.scram-sha-256.connections.max.reauth.ms", "1500");
        tls(builder, "TLS", authority.server("good", "ip:127.0.0.1", "-1d", 30));
        tls(builder, "EXPIRED", authority.server("expired", "ip:127.0.0.1", "-10d", 5));
        tls(builder, "ELSEWHERE", authority.server("elsewhere", "dns:kafka.example.com", "-1d", 30));
        broker = builder.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        scramPassword(PASSWORD);
    }

    private static void tls(KafkaBroker.Builder builder, String listener, Path store) {
        String prefix = "listener.name." + listener.toLowerCase(java.util.Locale.ROOT) + ".ssl.";
        builder.listener(listener, "SSL")
                .property(prefix + "keystore.location", store.toString())
                .property(prefix + "keystore.type", "PKCS12")
                .property(prefix + "keystore.password", Certificates.PASSWORD)
                .property(prefix + "key.password", Certificates.PASSWORD);
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String address(String listener) {
        return listener.equals("PLAINTEXT") ? broker.bootstrapServers() : broker.bootstrapServers(listener);
    }

    /** Sets the user's password for SCRAM. */
    void scramPassword(String password) throws Exception {
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, SCRAM_ITERATIONS);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(USER, info, password)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    /** Logs in at a listener. */
    static SettingsDraft login(SettingsDraft settings, String mechanism, String user, String password) {
        return settings.put("client_conf", "security.protocol", "sasl_plaintext")
                .put("client_conf", "sasl.mechanisms", mechanism)
                .put("client_conf", "sasl.username", user)
                .put("client_conf", "sasl.password", password);
    }

    /** Speaks TLS and trusts one of the two authorities. */
    SettingsDraft trusting(SettingsDraft settings, boolean right) {
        return settings.put("client_conf", "security.protocol", "ssl")
                .put("client_conf", "ssl.ca.location", (right ? authority : otherAuthority).pem());
    }

    private static AclBinding allowed(ResourceType type, String prefix, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, prefix, PatternType.PREFIXED),
                new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW));
    }

    /** Gives the user what an at-least-once sink needs, and no more. */
    void grantTopics(String topic) throws Exception {
        grant(List.of(
                allowed(ResourceType.TOPIC, topic, AclOperation.WRITE),
                allowed(ResourceType.TOPIC, topic, AclOperation.DESCRIBE)));
    }

    /** Gives the user what an exactly-once sink needs besides, and no more. */
    void grantTransactions() throws Exception {
        List<AclBinding> rights = new ArrayList<>();
        for (AclOperation operation : List.of(
                AclOperation.CREATE,
                AclOperation.DESCRIBE,
                AclOperation.DESCRIBE_CONFIGS,
                AclOperation.READ,
                AclOperation.WRITE)) {
            rights.add(allowed(ResourceType.TOPIC, PositionsTopic.PREFIX, operation));
        }
        rights.add(allowed(ResourceType.TRANSACTIONAL_ID, "deltaforge-", AclOperation.WRITE));
        rights.add(allowed(ResourceType.TRANSACTIONAL_ID, "deltaforge-", AclOperation.DESCRIBE));
        grant(rights);
    }

    private void grant(List<AclBinding> rights) throws Exception {
        admin.createAcls(rights).all().get(10, TimeUnit.SECONDS);
        await().until(() -> rightsOf(ResourceType.ANY).containsAll(rights));
    }

    private List<AclBinding> rightsOf(ResourceType type) throws Exception {
        return List.copyOf(admin.describeAcls(all(type)).values().get(10, TimeUnit.SECONDS));
    }

    private static AclBindingFilter all(ResourceType type) {
        return new AclBindingFilter(
                new ResourcePatternFilter(type, null, PatternType.ANY), AccessControlEntryFilter.ANY);
    }

    /** Takes all rights on a kind of thing away. */
    void revoke(ResourceType type) throws Exception {
        admin.deleteAcls(List.of(all(type))).all().get(10, TimeUnit.SECONDS);
        await().until(() -> rightsOf(type).isEmpty());
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
