package dev.metalog.server.link.direct;

/** Why a connection is, or became, no link, with one or two sentences for a person. */
record Refusal(DirectDown reason, String explanation) {}
