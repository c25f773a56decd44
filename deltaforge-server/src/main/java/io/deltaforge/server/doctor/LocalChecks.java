package io.deltaforge.server.doctor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.ServerConfig.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at what this machine must have: a directory, room on the disk, free ports, memory, a checkpoint store. */
final class LocalChecks {

    private static final long MIB = 1 << 20;
    private static final long LEAST_FREE = 100 * MIB;
    private static final long USUAL_FREE = 1024 * MIB;
    private static final long USUAL_HEAP = 128 * MIB;

    private final ServerConfig config;

    LocalChecks(ServerConfig config) {
        this.config = requireNonNull(config, "config is null");
    }

    void look(CheckReport report) throws IOException, InterruptedException {
        report.ok(
                "JAVA",
                "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch"));
        heap(report);
        dataDirectory(report);
        for (Address address : List.of(config.metrics(), config.api().address())) {
            port(address, report);
        }
        config.checkpoint().factory().check(config.checkpoint().settings(), config.dataDirectory(), report);
    }

    private static void heap(CheckReport report) {
        long heap = Runtime.getRuntime().maxMemory();
        if (heap < USUAL_HEAP) {
            report.warning(
                    "HEAP",
                    "the heap has " + heap / MIB + " MiB; large rows and transactions may not fit",
                    "export DELTAFORGE_HEAP=512m");
        } else {
            report.ok("HEAP", "the heap may grow to " + heap / MIB + " MiB");
        }
    }

    private void dataDirectory(CheckReport report) throws IOException {
        Path directory = config.dataDirectory().toAbsolutePath().normalize();
        Path existing = directory;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            report.error(
                    "DATA_DIRECTORY",
                    existing + " is a file, expected a directory",
                    "name another directory in deltaforge.data_dir");
            return;
        }
        if (!Files.isWritable(existing)) {
            report.error(
                    "DATA_DIRECTORY",
                    "data directory " + directory + ": " + existing + " may not be written to by "
                            + System.getProperty("user.name"),
                    "sudo install -d -o " + System.getProperty("user.name") + " " + directory);
            return;
        }
        report.ok(
                "DATA_DIRECTORY",
                directory + (existing.equals(directory) ? " may be written to" : " will be made at the first start"));
        FileStore disk = Files.getFileStore(existing);
        long free = disk.getUsableSpace();
        String found = free / MIB + " MiB of " + disk.getTotalSpace() / MIB + " are free on the disk of " + existing;
        if (free < LEAST_FREE) {
            report.error("DISK_SPACE", found, "free at least " + LEAST_FREE / MIB + " MiB");
        } else if (free < USUAL_FREE) {
            report.warning("DISK_SPACE", found, "free at least " + USUAL_FREE / MIB + " MiB");
        } else {
            report.ok("DISK_SPACE", found);
        }
    }

    private static void port(Address address, CheckReport report) {
        String where = address.bind() + ":" + address.port() + " (" + address.setting() + ")";
        if (address.port() == 0) {
            report.ok("PORT", address.setting() + " takes any free one");
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address.bind()), address.port()));
            report.ok("PORT", where + " is free");
        } catch (UnknownHostException e) {
            report.error("BIND_ADDRESS", address.bind() + " is not an address of this machine", null);
        } catch (IOException e) {
            report.error(
                    "PORT_IN_USE",
                    where + " cannot be listened on: " + e.getMessage()
                            + "; it may be this very configuration that runs already",
                    "ss -ltnp 'sport = :" + address.port() + "' names who does; or choose another "
                            + address.setting());
        }
    }
}
