import{f as l,T as o,a as e,b as f}from"./index-DicNFm9o.js";var i=f("<!> <h1>Calculator</h1>",1);function c(t){var a=i(),r=l(a);o(r,{title:"Calculator"}),e(t,a)}export{c as default};
