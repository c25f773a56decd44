package io.deltaforge.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The main class of the broker's JVM: formats the storage if that has not been done, then becomes {@code kafka.Kafka}.
 * One JVM for both, because starting a JVM takes longer than formatting.
 */
final class BrokerMain {
    private BrokerMain() {}

    /**
     * Runs the broker until it is told to stop.
     *
     * @param arguments the properties file, the cluster id, then features to format with ({@code name=level})
     */
    public static void main(String[] arguments) throws Exception {
        String file = arguments[0];
        if (!isFormatted(Path.of(file))) {
            List<String> format = new ArrayList<>(List.of("format", "--config", file, "--cluster-id", arguments[1]));
            for (int i = 2; i < arguments.length; i++) {
                format.add("--feature");
                format.add(arguments[i]);
            }
            int status = format(format);
            if (status != 0) {
                System.exit(status);
            }
        }
        invoke("kafka.Kafka", "main", new Class<?>[] {String[].class}, (Object) new String[] {file});
    }

    private static int format(List<String> arguments) throws Exception {
        Object status = invoke(
                "kafka.tools.StorageTool",
                "execute",
                new Class<?>[] {String[].class, PrintStream.class},
                arguments.toArray(new String[0]),
                System.out);
        return (Integer) status;
    }

    private static boolean isFormatted(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return Files.exists(Path.of(properties.getProperty("log.dirs")).resolve("meta.properties"));
    }

    /** By reflection: nothing but this JVM has the broker on its class path on purpose. */
    private static Object invoke(String className, String method, Class<?>[] types, Object... values) throws Exception {
        try {
            return Class.forName(className).getMethod(method, types).invoke(null, values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
