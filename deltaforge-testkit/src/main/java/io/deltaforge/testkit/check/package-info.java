/** What every plugin must do, whatever it is: describe itself, be found, leave nothing behind. */
package io.deltaforge.testkit.check;
