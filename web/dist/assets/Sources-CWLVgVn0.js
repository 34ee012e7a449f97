import{f as t,T as e,a as s,b as f}from"./index-D1slOKTG.js";var i=f("<!> <h1>Sources</h1>",1);function l(a){var r=i(),o=t(r);e(o,{title:"Sources"}),s(a,r)}export{l as default};
