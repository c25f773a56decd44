package io.deltaforge.server.cli;

import io.deltaforge.api.config.Secret;
import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that say which running process is asked: its address, or the configuration that it was started with. The token
 * comes from the configuration or from the environment, never from the command line, which everybody on the machine can read.
 */
final class ApiOption {

    static final String DEFAULT_URL = "http://127.0.0.1:8080";
    private static final String TOKEN_VARIABLE = "DELTAFORGE_TOKEN";
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the address of the API; by default that of --config, else " + DEFAULT_URL)
    private String url;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "PATH",
            description =
                    "the configuration of the process, for its address and token; without it the token is taken from"
                            + " DELTAFORGE_TOKEN in the environment")
    private List<Path> paths;

    @Mixin
    private PluginOption plugins;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Returns what asks the process. */
    ApiClient client() {
        Optional<ServerConfig.Api> api = paths == null
                ? Optional.empty()
                : Optional.of(
                        new ConfigReader(plugins.find()).check(paths).orThrow().api());
        Optional<Secret> token = Optional.ofNullable(System.getenv(TOKEN_VARIABLE))
                .filter(text -> !text.isBlank())
                .map(Secret::new)
                .or(() -> api.flatMap(ServerConfig.Api::token));
        return new ApiClient(address(api), token);
    }

    private URI address(Optional<ServerConfig.Api> api) {
        String text = url != null ? url : api.map(ApiOption::urlOf).orElse(DEFAULT_URL);
        try {
            URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (Set.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new ParameterException(
                spec.commandLine(), "--url takes an address such as " + DEFAULT_URL + ", found '" + text + "'.");
    }

    static String urlOf(ServerConfig.Api api) {
        String bind = api.address().bind();
        String host = ANY_ADDRESS.contains(bind) ? "127.0.0.1" : bind.contains(":") ? "[" + bind + "]" : bind;
        return "http://" + host + ":" + api.address().port();
    }
}
