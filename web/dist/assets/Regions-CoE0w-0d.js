import{f as e,T as r,a as i,b as s}from"./index-D1slOKTG.js";var n=s("<!> <h1>Regions</h1>",1);function l(o){var a=n(),t=e(a);r(t,{title:"Regions"}),i(o,a)}export{l as default};
