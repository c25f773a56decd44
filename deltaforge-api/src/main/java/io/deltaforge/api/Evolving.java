package io.deltaforge.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type that may still change in a minor version. Everything public in this module that is not marked is stable: from
 * 1.0 on it changes incompatibly in a major version only, and a release is compared with the last one to make sure.
 *
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Evolving {

    /**
     * Says what may change.
     *
     * @return a sentence
     */
    String value();
}
