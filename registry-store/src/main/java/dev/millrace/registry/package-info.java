/**
 * Model versions and what was done to them as Iceberg tables of one catalog: numbered without gaps
 * or duplicates by any number of processes, immutable, and readable by every engine that reads
 * Iceberg. Nothing is trained, scored or judged here. Start reading at {@link
 * dev.millrace.registry.Registry}; how commits work is in {@code Committer}.
 *
 * <p>The tables live in the namespace {@code models}.
 *
 * <table>
 *   <caption>{@code models.versions}: one row a version</caption>
 *   <tr><th>column</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>sequence</td><td>long</td><td>its place among all versions, in the order in which they became ready</td></tr>
 *   <tr><td>name, version</td><td>string, int</td><td>the key; versions of a name are 1, 2, 3, ...</td></tr>
 *   <tr><td>state</td><td>string</td><td>{@code pending} until its bytes are complete, then {@code ready}</td></tr>
 *   <tr><td>content_fingerprint</td><td>string</td><td>SHA-256 of what determines the model, hex</td></tr>
 *   <tr><td>semver, flavour</td><td>string</td><td>as given; {@code onnx}</td></tr>
 *   <tr><td>inputs, outputs</td><td>list of struct(name, type)</td><td>the columns, in order</td></tr>
 *   <tr><td>input_tensors, output_tensors</td><td>list of struct(name, type, shape)</td><td>of the ONNX graph; -1 is any size</td></tr>
 *   <tr><td>parameters, environment, tags</td><td>map of string to string</td><td>as given</td></tr>
 *   <tr><td>metrics</td><td>list of struct(name, split, slice, value)</td><td>as given; an empty slice is all of the split</td></tr>
 *   <tr><td>training_data</td><td>list of struct(table, version, rows, fingerprint)</td><td>each table trained on; rows may be null</td></tr>
 *   <tr><td>definitions</td><td>list of struct(kind, name, fingerprint)</td><td>views, training set, label</td></tr>
 *   <tr><td>code_commit, code_dirty</td><td>string, boolean</td><td>the commit, and whether files differed from it</td></tr>
 *   <tr><td>author, description, card</td><td>string</td><td>as given</td></tr>
 *   <tr><td>created_at</td><td>timestamptz</td><td>when its number was taken, microseconds</td></tr>
 *   <tr><td>artifact, verification_rows, training_profile</td><td>struct(content_id, sha256, size)</td><td>where the bytes
 *       are, and what they must be; no id where there are none</td></tr>
 * </table>
 *
 * <table>
 *   <caption>{@code models.artifacts}: one row a part of some bytes</caption>
 *   <tr><th>column</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>content_id</td><td>string</td><td>names the bytes, in the order of time</td></tr>
 *   <tr><td>part</td><td>int</td><td>from 0; each of 1 MiB but the last</td></tr>
 *   <tr><td>sha256, bytes</td><td>string, binary</td><td>of this part</td></tr>
 * </table>
 *
 * <table>
 *   <caption>{@code models.history}: one row a thing that was done, only ever appended</caption>
 *   <tr><th>column</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>sequence, event_id</td><td>long, string</td><td>its place among all; its own name</td></tr>
 *   <tr><td>model, kind</td><td>string</td><td>{@code promotion, rollback, stage, approval, verification, policy}</td></tr>
 *   <tr><td>alias</td><td>string</td><td>of promotions, rollbacks and policies</td></tr>
 *   <tr><td>version, previous_version</td><td>int</td><td>what it was done to; where the alias pointed before</td></tr>
 *   <tr><td>stage, passed, gates</td><td>string, boolean, list of struct</td><td>of stages, verifications, policies</td></tr>
 *   <tr><td>reason, done_by</td><td>string</td><td>as given</td></tr>
 *   <tr><td>done_at</td><td>timestamptz</td><td>strictly increasing within a model, so that the latest move of an alias at or
 *       before a time is where it pointed then</td></tr>
 * </table>
 *
 * <p>{@code models.definitions} has kind, name, fingerprint, text, registered_by and registered_at;
 * {@code models.runs} has run_id, job, started_at, ended_at, inputs and outputs (lists of
 * struct(kind, name, version)) and facts.
 */
@NullMarked
package dev.millrace.registry;

import org.jspecify.annotations.NullMarked;
