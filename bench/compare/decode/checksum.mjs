/**
 * Adds one user record to a checksum that depends on the order, so that no record can be skipped. It reads both ends of
 * the key and of the data. `DecodeBench.java` does the same.
 *
 * @param {number} sum
 * @param {string} key
 * @param {Uint8Array} data
 */
export function add(sum, key, data) {
  const ofKey = key.length + key.charCodeAt(0) + key.charCodeAt(key.length - 1);
  const ofData = data.length + /** @type {number} */ (data[0]) + /** @type {number} */ (data[data.length - 1]);
  return (Math.imul(sum, 31) + ofKey + ofData) | 0;
}
