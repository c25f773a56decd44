package io.deltaforge.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of metrics is what a server with everything in it shows: names, types, labels, meanings and buckets. */
class MetricsPageIT {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Pattern HELP = Pattern.compile("# HELP (deltaforge_\\w+) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (deltaforge_\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(deltaforge_\\w+?)(_bucket|_sum|_count)?\\{(.*)} \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** One family, as far as it was seen. */
    private static final class Family {
        private String help = "";
        private String type = "";
        private final Set<String> labels = new TreeSet<>();
        private final List<String> buckets = new ArrayList<>();

        String row(String name) {
            return "| `" + name + "` | " + type + " | "
                    + String.join(
                            ", ",
                            labels.stream().map(label -> "`" + label + "`").toList()) + " | " + help + " |";
        }
    }

    @TempDir
    private Path directory;

    private static Map<String, Family> families(String scraped) {
        Map<String, Family> families = new TreeMap<>();
        scraped.lines().forEach(line -> {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (help.matches()) {
                families.computeIfAbsent(help.group(1), name -> new Family()).help = help.group(2);
            } else if (type.matches()) {
                families.computeIfAbsent(type.group(1), name -> new Family()).type = type.group(2);
            }
        });
        scraped.lines().forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                Family family = families.getOrDefault(
                        sample.group(1),
                        families.get(sample.group(1) + (sample.group(2) == null ? "" : sample.group(2))));
                Matcher label = LABEL.matcher(sample.group(3));
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        family.labels.add(label.group(1));
                    } else if (!family.buckets.contains(label.group(2))) {
                        family.buckets.add(label.group(2));
                    }
                }
            }
        });
        return families;
    }

    private static String table(Map<String, Family> families) {
        StringBuilder table =
                new StringBuilder("## Families\n\n| name | type | labels | meaning |\n|---|---|---|---|\n");
        families.forEach((name, family) -> table.append(family.row(name)).append('\n'));
        table.append("\n## Buckets\n\n| histogram | upper bounds |\n|---|---|\n");
        families.forEach((name, family) -> {
            if (family.type.equals("histogram")) {
                table.append("| `").append(name).append("` | ");
                table.append(String.join(", ", family.buckets)).append(" |\n");
            }
        });
        return table.toString();
    }

    private static String text(String name, WorkloadDatabase database, String brokers) {
        return new PipelineText(name, database.dsn())
                .sink("kafka", brokers, name)
                .optionalSink("lost", brokers, "${after.no_such_column}")
                .exactlyOnce(true)
                .toString()
                .replace("batch {", "journal { enabled = true, dlq.max_entries = 1 }\n  batch {")
                .replace("sinks = [", "processors = [ { type = filter, ops = [ create, update ] } ]\n  sinks = [");
    }

    private static String scrapeEverything(Path directory) {
        String name = Sandbox.uniqueName("metrics");
        String brokers = Sandbox.kafka().bootstrapServers();
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(brokers, name);
                DeltaForge deltaForge = new DeltaForge(directory, text(name, database, brokers))) {
            deltaForge.start().awaitReading(name);
            try (BigTransaction transaction = BigTransaction.begin(database, 1)) {
                transaction.insert(1, 100);
                transaction.commit();
            }
            topics.awaitEverythingOf(database);
            await().atMost(TIMEOUT)
                    .until(() -> deltaForge.metrics().contains("deltaforge_sink_routing_errors_total{")
                            && deltaForge.metrics().contains("deltaforge_dlq_events_total{")
                            && deltaForge.metrics().contains("deltaforge_sink_errors_total{")
                            && deltaForge
                                            .metric("deltaforge_source_retained_bytes")
                                            .orElse(Double.NaN)
                                    > 0
                            && deltaForge
                                            .metric("deltaforge_sink_bytes_total", "sink=\"kafka\"")
                                            .orElse(0)
                                    > 0
                            && deltaForge
                                            .metric("deltaforge_source_bytes_total")
                                            .orElse(0)
                                    > 0);
            String scraped = deltaForge.metrics();
            assertThat(deltaForge
                            .metric("deltaforge_source_events_total", "table=\"public.item\"", "op=\"c\"")
                            .orElseThrow())
                    .isEqualTo(100);
            assertThat(deltaForge
                            .metric("deltaforge_source_events_total", "table=\"public.ledger\"", "op=\"c\"")
                            .orElseThrow())
                    .isEqualTo(1);
            return scraped;
        }
    }

    /** Run with {@code -Ddocs.update=true} to write the tables anew. */
    @Test
    void shouldDescribeEveryFamilyThatIsShown() throws IOException {
        String page = Files.readString(PAGE);
        String expected = page.substring(0, page.indexOf("## Families")) + table(families(scrapeEverything(directory)));
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(expected);
    }
}
