import{f as s,T as n,a as o,b as e}from"./index-EivFroTQ.js";var f=e("<!> <h1>Runs</h1>",1);function l(t){var a=f(),r=s(a);n(r,{title:"Runs"}),o(t,a)}export{l as default};
