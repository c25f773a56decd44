package io.deltaforge.core.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/** A path that is another one, but for its file system. */
final class DelegatingPath implements InvocationHandler {

    private final Path real;
    private final FileSystem fileSystem;

    private DelegatingPath(Path real, FileSystem fileSystem) {
        this.real = real;
        this.fileSystem = fileSystem;
    }

    static Path of(Path real, FileSystem fileSystem) {
        return (Path) Proxy.newProxyInstance(
                DelegatingPath.class.getClassLoader(),
                new Class<?>[] {Path.class},
                new DelegatingPath(real, fileSystem));
    }

    /** The path behind one, if there is one. */
    static Path real(Path path) {
        return Proxy.isProxyClass(path.getClass())
                        && Proxy.getInvocationHandler(path) instanceof DelegatingPath delegating
                ? delegating.real
                : path;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("getFileSystem")) {
            return fileSystem;
        }
        Object[] behind = arguments == null ? new Object[0] : arguments.clone();
        for (int i = 0; i < behind.length; i++) {
            if (behind[i] instanceof Path path) {
                behind[i] = real(path);
            }
        }
        try {
            Object result = method.invoke(real, behind);
            return result instanceof Path path ? of(path, fileSystem) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
