// What views say of runs alike.
export * from './csv';
export * from './hardware';
export * from './names';
