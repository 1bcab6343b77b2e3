/** Who belongs to a workspace, as the records say it that its owner signs. */
package dev.metalog.protocol.membership;
