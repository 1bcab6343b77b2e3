/**
 * Keeps where devices of peers can be reached without a broker, who was told where we are, to whom links are up, and who lost them by
 * sending what nobody signed.
 */
package dev.metalog.server.reach;
