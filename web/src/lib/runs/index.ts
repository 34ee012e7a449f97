// What views say of runs alike.
export * from './csv';
export * from './names';
