"""Engine results drawn as plotly figures: no streamlit here, and no maths."""
