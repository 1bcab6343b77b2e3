/** What the peers of one blackboard tell each other, and what its log holds. */
package dev.metalog.protocol.blackboard;
