export { default as PowerFigure } from './PowerFigure.svelte';
export { default as SmallPower } from './SmallPower.svelte';
export { default as PowerKey } from './Key.svelte';
export { withSilence } from './holes';
export { stackOf } from './stack';
export { energyTitle, listText, wattText } from './words';
