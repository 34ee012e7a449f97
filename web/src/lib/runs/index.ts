// What views say of runs alike.
export * from './csv';
export * from './foreseen';
export * from './hardware';
export * from './names';
