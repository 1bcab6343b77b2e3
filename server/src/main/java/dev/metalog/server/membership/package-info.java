/** Who belongs to a workspace: folds the records that its owner signs, answers what a device may do, and derives the keys of an epoch. */
package dev.metalog.server.membership;
