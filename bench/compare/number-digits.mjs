/** The number of a record is at the beginning of its data: this many decimal digits. */
export const NUMBER_DIGITS = 12;
