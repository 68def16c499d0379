/** What can be wrong with a message or a name in it. */
export const Fault = {
  none: 0,
  header: 1,
  questionCut: 2,
  recordCut: 3,
  dataCut: 4,
  nameCut: 5,
  labelType: 6,
  nameTooLong: 7,
  pointerOutside: 8,
  pointerLoop: 9,
  tooManyQuestions: 10,
  tooManyRecords: 11,
} as const;

const TEXT = [
  '',
  'the header needs 12 bytes',
  'the question ends before its type and class',
  'the record ends before its data length',
  'the record says more data than the message has',
  'the name runs past the end',
  'a label of an unknown kind (upper bits 01 or 10)',
  'the name is longer than 255 bytes',
  'a pointer to outside the names of the message',
  'pointers that lead in a circle, or more than 128 of them',
  'more questions than are read',
  'more records than are read',
];

export const faultText = (fault: number): string => TEXT[fault] ?? `fault ${fault}`;
