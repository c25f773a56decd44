/** How plugins say what is right and wrong around them, before anything runs. */
package io.deltaforge.api.check;
