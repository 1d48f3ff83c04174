/** Shapes of derived passwords by kind, as the Master Password algorithm defines them: one letter per character class. */
export const derivedTemplates: Readonly<Record<string, readonly string[]>> = {
  maximum: ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
  long: (
    "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv " +
    "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv " +
    "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno"
  ).split(" "),
  medium: ["CvcnoCvc", "CvcCvcno"],
  short: ["Cvcn"],
  basic: ["aaanaaan", "aannaaan", "aaannaaa"],
  pin: ["nnnn"],
};

const vowels = "aeiou";
const consonants = "bcdfghjklmnpqrstvwxyz";
const upperVowels = vowels.toUpperCase();
const upperConsonants = consonants.toUpperCase();
const letters = upperVowels + vowels + upperConsonants + consonants;

/** The characters of each class. */
export const derivedCharacters: Readonly<Record<string, string>> = {
  V: upperVowels,
  C: upperConsonants,
  v: vowels,
  c: consonants,
  A: upperVowels + upperConsonants,
  a: letters,
  n: "0123456789",
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${letters}0123456789!@#$%^&*()`,
};
